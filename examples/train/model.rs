//! Softmax regression with a penalty, trained by proximal gradient steps on
//! the whole training part.
//!
//! With inputs `X`, weights `W` and logits `Z = X W`, one step is
//!
//! ```text
//! Z := X W                                          faer
//! loss, Z := cross-entropy(Z), d loss / d Z         gradstep, in place
//! G := X^T Z                                        faer
//! W := soft(W - lr G, lr l1) / (1 + lr l2)          gradstep
//! ```
//!
//! and the intercepts, the last row of `W`, step without the penalty.

use super::data::{Part, Real};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use gradstep::loss::CrossEntropy;
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
    /// How faer runs the products.
    pub(crate) par: Par,
}

/// Time that training has spent so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) products: Duration,
    pub(crate) loss: Duration,
    pub(crate) update: Duration,
}

/// A model, and the buffers of its training.
pub(crate) struct Training<'a, E> {
    part: &'a Part<E>,
    inputs: usize,
    classes: usize,
    /// `[inputs * classes]`, row after row; the last row are the intercepts.
    weights: Vec<E>,
    /// Like `weights`.
    gradient: Vec<E>,
    /// `[rows * classes]`: the logits, then the gradient with respect to them.
    logits: Vec<E>,
    loss: CrossEntropy<E>,
    penalised: ProxSgd,
    plain: Sgd,
    par: Par,
    pub(crate) times: Times,
}

impl<'a, E: Real> Training<'a, E> {
    /// All weights begin at 0.
    pub(crate) fn new(
        part: &'a Part<E>,
        classes: usize,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let Settings { learning_rate, l1, l2, execution, par } = *settings;
        let rows = part.labels.len();
        let inputs = part.inputs.len() / rows;
        Ok(Self {
            part,
            inputs,
            classes,
            weights: vec![E::default(); inputs * classes],
            gradient: vec![E::default(); inputs * classes],
            logits: vec![E::default(); rows * classes],
            loss: CrossEntropy::new(classes)?.execution(execution),
            penalised: ProxSgd::new(learning_rate)?.l1(l1)?.l2(l2)?.execution(execution),
            plain: Sgd::new(learning_rate)?.execution(execution),
            par,
            times: Times::default(),
        })
    }

    /// Takes one step; returns the loss before it.
    pub(crate) fn step(&mut self) -> Result<f64, Error> {
        let begin = Instant::now();
        forward(self.part, &self.weights, self.classes, &mut self.logits, self.par);
        let first = Instant::now();
        let loss = self.loss.loss_and_grad_in_place(&mut self.logits, &self.part.labels)?;
        let second = Instant::now();
        let (rows, inputs, classes) = (self.part.labels.len(), self.inputs, self.classes);
        multiply(
            MatRef::from_row_major_slice(&self.part.inputs, rows, inputs).transpose(),
            MatRef::from_row_major_slice(&self.logits, rows, classes),
            MatMut::from_row_major_slice_mut(&mut self.gradient, inputs, classes),
            self.par,
        );
        let third = Instant::now();
        let intercepts = (inputs - 1) * classes;
        let (weights, bias) = self.weights.split_at_mut(intercepts);
        let (weights_gradient, bias_gradient) = self.gradient.split_at(intercepts);
        self.penalised.step(weights, weights_gradient)?;
        self.plain.step(bias, bias_gradient)?;
        self.times.products += (first - begin) + (third - second);
        self.times.loss += second - first;
        self.times.update += third.elapsed();
        Ok(loss)
    }

    /// The weights without the intercepts.
    pub(crate) fn weights(&self) -> &[E] {
        &self.weights[..(self.inputs - 1) * self.classes]
    }

    /// Loss on `part` and how many of its rows the model gets right.
    pub(crate) fn evaluate(&self, part: &Part<E>) -> Result<(f64, usize), Error> {
        let mut logits = vec![E::default(); part.labels.len() * self.classes];
        forward(part, &self.weights, self.classes, &mut logits, self.par);
        let rows = logits.chunks_exact(self.classes).zip(&part.labels);
        let hits = rows.filter(|(row, label)| largest(row) == **label as usize).count();
        Ok((self.loss.loss(&logits, &part.labels)?, hits))
    }
}

/// `logits := inputs * weights`
fn forward<E: Real>(part: &Part<E>, weights: &[E], classes: usize, logits: &mut [E], par: Par) {
    let (rows, inputs) = (part.labels.len(), weights.len() / classes);
    multiply(
        MatRef::from_row_major_slice(&part.inputs, rows, inputs),
        MatRef::from_row_major_slice(weights, inputs, classes),
        MatMut::from_row_major_slice_mut(logits, rows, classes),
        par,
    );
}

fn multiply<E: Real>(a: MatRef<'_, E>, b: MatRef<'_, E>, out: MatMut<'_, E>, par: Par) {
    matmul(out, Accum::Replace, a, b, E::of(1.0), par);
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
pub(crate) fn safe_learning_rate<E: Real>(part: &Part<E>, par: Par) -> f64 {
    let rows = part.labels.len();
    let inputs = part.inputs.len() / rows;
    let x = MatRef::from_row_major_slice(&part.inputs, rows, inputs);
    let (mut v, mut xv) = (vec![E::default(); inputs], vec![E::default(); rows]);
    // Not orthogonal to the wanted vector by an accident of symmetry.
    for (j, v) in v.iter_mut().enumerate() {
        *v = E::of(1.0 + (j % 7) as f64);
    }
    let mut length = norm(&v);
    for _ in 0..100 {
        v.iter_mut().for_each(|v| *v = E::of((*v).into() / length));
        multiply(x, column(&v), MatMut::from_row_major_slice_mut(&mut xv, rows, 1), par);
        let v_mut = MatMut::from_row_major_slice_mut(&mut v, inputs, 1);
        multiply(x.transpose(), column(&xv), v_mut, par);
        length = norm(&v);
    }
    let lambda = 1.05 * length / rows as f64; // 5 % for what the method has not reached
    2.0 / lambda
}

fn norm<E: Real>(v: &[E]) -> f64 {
    v.iter().map(|&v| v.into().powi(2)).sum::<f64>().sqrt()
}

fn column<E: Real>(v: &[E]) -> MatRef<'_, E> {
    MatRef::from_row_major_slice(v, v.len(), 1)
}
