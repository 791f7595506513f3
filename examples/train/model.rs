//! Softmax regression with a penalty, trained by proximal gradient steps on
//! the whole training part.
//!
//! With inputs `X`, weights `W` and logits `Z = X W`, one step is
//!
//! ```text
//! Z := X W                                          ndarray
//! loss, Z := cross-entropy(Z), d loss / d Z         gradstep, in place
//! G := X^T Z                                        ndarray
//! W := soft(W - lr G, lr l1) / (1 + lr l2)          gradstep
//! ```
//!
//! and the intercepts, the last row of `W`, step without the penalty.

use super::data::{Part, Real};
use super::products::Rows;
use gradstep::loss::CrossEntropy;
use gradstep::penalty::Penalty;
use gradstep::update::{ProxSgd, Sgd};
use gradstep::{Error, Execution};
use std::time::{Duration, Instant};

/// What decides a training run, apart from the data.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) learning_rate: f64,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
    pub(crate) execution: Execution,
}

/// Time that training has spent so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) products: Duration,
    pub(crate) loss: Duration,
    pub(crate) update: Duration,
}

/// A model, and the buffers of its training: a step allocates nothing here.
pub(crate) struct Training<'a, E: 'static> {
    x: Rows<'a, E>,
    labels: &'a [u32],
    classes: usize,
    /// `[inputs * classes]`, row after row; the last row are the intercepts.
    weights: Vec<E>,
    /// Like `weights`.
    gradient: Vec<E>,
    /// `[rows * classes]`: the logits, then the gradient with respect to them.
    logits: Vec<E>,
    workspace: Vec<E>,
    loss: CrossEntropy<'static, E>,
    penalty: Penalty,
    penalised: ProxSgd,
    plain: Sgd,
    pub(crate) times: Times,
}

impl<'a, E: Real> Training<'a, E> {
    /// All weights begin at 0.
    pub(crate) fn new(
        part: &'a Part<E>,
        classes: usize,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let Settings { learning_rate, l1, l2, execution } = *settings;
        let x = part.rows();
        let zeros = |n| vec![E::default(); n];
        Ok(Self {
            x,
            labels: &part.labels,
            classes,
            weights: zeros(x.width() * classes),
            gradient: zeros(x.width() * classes),
            logits: zeros(x.rows() * classes),
            workspace: zeros(x.workspace(classes)),
            loss: CrossEntropy::new(classes)?.execution(execution),
            penalty: Penalty::new().l1(l1)?.l2(l2)?.execution(execution),
            penalised: ProxSgd::new(learning_rate)?.l1(l1)?.l2(l2)?.execution(execution),
            plain: Sgd::new(learning_rate)?.execution(execution),
            times: Times::default(),
        })
    }

    /// Takes one step; returns the loss before it.
    pub(crate) fn step(&mut self) -> Result<f64, Error> {
        let Self { x, weights, gradient, logits, classes, .. } = self;
        let begin = Instant::now();
        x.times(weights, *classes, logits);
        let forward = Instant::now();
        let loss = self.loss.loss_and_grad_in_place(logits, self.labels)?;
        let backward = Instant::now();
        x.transposed_times(logits, *classes, &mut self.workspace, gradient);
        let update = Instant::now();
        let intercepts = (x.width() - 1) * *classes;
        let (weights, bias) = weights.split_at_mut(intercepts);
        let (gradient, bias_gradient) = gradient.split_at(intercepts);
        self.penalised.step(weights, gradient)?;
        self.plain.step(bias, bias_gradient)?;
        self.times.products += (forward - begin) + (update - backward);
        self.times.loss += backward - forward;
        self.times.update += update.elapsed();
        Ok(loss)
    }

    /// What the weights cost now.
    pub(crate) fn penalty(&self) -> f64 {
        self.penalty.value(self.weights())
    }

    /// The weights without the intercepts.
    pub(crate) fn weights(&self) -> &[E] {
        &self.weights[..(self.x.width() - 1) * self.classes]
    }

    /// Loss on `part` and how many of its rows the model gets right.
    pub(crate) fn evaluate(&self, part: &Part<E>) -> Result<(f64, usize), Error> {
        let mut logits = vec![E::default(); part.labels.len() * self.classes];
        part.rows().times(&self.weights, self.classes, &mut logits);
        let rows = logits.chunks_exact(self.classes).zip(&part.labels);
        let hits = rows.filter(|(row, label)| largest(row) == **label as usize).count();
        Ok((self.loss.loss(&logits, &part.labels)?, hits))
    }
}

/// Index of the largest element, the first of equals.
fn largest<E: Real>(row: &[E]) -> usize {
    let best = |best, j| if row[j] > row[best] { j } else { best };
    (1..row.len()).fold(0, best)
}

/// `1 / L` for the Lipschitz constant `L` of the gradient of the mean loss, so
/// that a step never raises the loss.
///
/// `diag(p) - p p^T` has no eigenvalue above 1/2 for probabilities `p`, so
/// `L <= lambda / 2` with the largest eigenvalue `lambda` of `X^T X / rows`,
/// which the power method finds from below.
pub(crate) fn safe_learning_rate<E: Real>(part: &Part<E>) -> f64 {
    let x = part.rows();
    let mut workspace = vec![E::default(); x.workspace(1)];
    let (mut v, mut xv) = (vec![E::default(); x.width()], vec![E::default(); x.rows()]);
    // Not orthogonal to the wanted vector by an accident of symmetry.
    for (j, v) in v.iter_mut().enumerate() {
        *v = E::of(1.0 + (j % 7) as f64);
    }
    let mut length = norm(&v);
    for _ in 0..100 {
        v.iter_mut().for_each(|v| *v = E::of((*v).into() / length));
        x.times(&v, 1, &mut xv);
        x.transposed_times(&xv, 1, &mut workspace, &mut v);
        length = norm(&v);
    }
    let lambda = 1.05 * length / x.rows() as f64; // 5 % for what the method has not reached
    2.0 / lambda
}

fn norm<E: Real>(v: &[E]) -> f64 {
    v.iter().map(|&v| v.into().powi(2)).sum::<f64>().sqrt()
}
