//! Weight decay as a factor and as a penalty's gradient, on ridge regression.
//!
//! `m` patients, residuals `r = X theta - y`, penalty `lambda |theta|^2 / (2 m)`:
//!
//! ```text
//! theta := theta (1 - alpha lambda / m) - (alpha / m) X^T r
//! ```

use crate::shared::regression::Regression;
use crate::shared::table::Table;
use gradstep::update::{Adam, AdamW, Sgd, SgdMomentum};
use gradstep::{Element, Error};

pub const ALPHA: f64 = 0.1;
pub const LAMBDA: f64 = 442.0; // lambda / m = 1
pub const MOMENTUM: f64 = 0.9;

/// The textbook's update: one factor, one term.
pub fn by_factor<E: Element>(
    theta: &mut [E],
    gradient: &[E],
    alpha: f64,
    decay: f64,
) -> Result<(), Error> {
    Sgd::new(alpha)?.weight_decay(decay)?.step(theta, gradient)
}

/// Descent on loss and penalty: `decay theta` joins the gradient.
pub fn by_penalty<E: Element>(
    theta: &mut [E],
    gradient: &[E],
    alpha: f64,
    decay: f64,
) -> Result<(), Error> {
    let with_penalty = gradient.iter().zip(&*theta).map(|(g, t)| *g + E::from_f64(decay) * *t);
    let with_penalty: Vec<E> = with_penalty.collect();
    Sgd::new(alpha)?.step(theta, &with_penalty)
}

/// How an optimiser's two kinds of decay part.
pub struct Parting {
    pub name: &'static str,
    /// `|coupled - decoupled| / |coupled|` after each step.
    pub gaps: Vec<f64>,
    pub coupled: Vec<f64>,
    pub decoupled: Vec<f64>,
}

/// An update of weights by a gradient at step `t`, from 1.
type Update<'a> = dyn FnMut(&mut [f64], &[f64], u64) -> Result<(), Error> + 'a;

/// Trains twice, with the penalty in the gradient and with the factor.
fn part(
    name: &'static str,
    steps: u64,
    coupled: &mut Update<'_>,
    decoupled: &mut Update<'_>,
) -> Result<Parting, Error> {
    let regression = data();
    let width = regression.width();
    let (mut a, mut b, mut gradient) = (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
    let mut gaps = Vec::new();
    for t in 1..=steps {
        regression.loss_and_gradient(&a, &mut gradient)?;
        coupled(&mut a, &gradient, t)?;
        regression.loss_and_gradient(&b, &mut gradient)?;
        decoupled(&mut b, &gradient, t)?;
        gaps.push(distance(&a, &b) / distance(&a, &vec![0.0; width]));
    }
    Ok(Parting { name, gaps, coupled: a, decoupled: b })
}

pub fn partings(steps: u64) -> Result<Vec<Parting>, Error> {
    let decay = LAMBDA / data().y.len() as f64;
    let sgd = part("SGD", steps, &mut |w, g, _| by_penalty(w, g, ALPHA, decay), &mut |w, g, _| {
        by_factor(w, g, ALPHA, decay)
    })?;
    let momentum = SgdMomentum::new(ALPHA, MOMENTUM)?.weight_decay(decay)?;
    let (mut buffer, mut other) = (vec![0.0; 10], vec![0.0; 10]);
    let momentum = part(
        "momentum 0.9",
        steps,
        &mut |w, g, t| momentum.step(w, g, &mut buffer, t),
        &mut |w, g, t| momentum.decoupled().step(w, g, &mut other, t),
    )?;
    let (adam, adam_w) = (Adam::new(ALPHA)?.weight_decay(decay)?, AdamW::new(ALPHA)?);
    let adam_w = adam_w.weight_decay(decay)?;
    let mut state = [(); 4].map(|()| vec![0.0; 10]);
    let [m, v, other_m, other_v] = &mut state;
    let adam =
        part("Adam, AdamW", steps, &mut |w, g, t| adam.step(w, g, m, v, t), &mut |w, g, t| {
            adam_w.step(w, g, other_m, other_v, t)
        })?;
    Ok(vec![sgd, momentum, adam])
}

pub fn data() -> Regression {
    let table = Table::diabetes();
    let rows: Vec<usize> = (0..table.targets.len()).collect();
    Regression::new(&table, &rows)
}

/// Where descent with this decay must end: the ridge solution.
pub fn ridge(decay: f64) -> Result<Vec<f64>, Error> {
    let regression = data();
    let mut w = vec![0.0; regression.width()];
    regression.fit(0.0, decay, &mut w)?;
    Ok(w)
}

pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}
