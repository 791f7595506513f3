//! Binary cross-entropy of certain predictions in `f32`, three ways.

use gradstep::Error;
use gradstep::loss::{BinaryCrossEntropy, BinaryCrossEntropyWithLogits};

/// The epsilon of many textbooks, made for double precision.
pub const EPSILON: f32 = 1e-15;

/// The textbook, line by line: clip, then both logarithms.
pub fn textbook(p: f32, y: f32) -> f32 {
    let p = p.clamp(EPSILON, 1.0 - EPSILON);
    -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
}

/// The textbook from a logit, with its sigmoid.
pub fn textbook_from_logit(x: f32, y: f32) -> f32 {
    textbook(1.0 / (1.0 + (-x).exp()), y)
}

/// The same epsilon with gradstep: refused, as 1 - 1e-15 is 1 in `f32`.
pub fn clipped(p: f32, y: f32, epsilon: f32) -> Result<f64, Error> {
    BinaryCrossEntropy::new().clip(f64::from(epsilon))?.loss(&[p], &[y])
}

/// Without a clip: logarithms end at -100, as in PyTorch.
pub fn from_probability(p: f32, y: f32) -> Result<f64, Error> {
    BinaryCrossEntropy::new().loss(&[p], &[y])
}

/// Loss and gradient from the logit, where nothing has been lost yet.
pub fn from_logit(x: f32, y: f32) -> Result<(f64, f32), Error> {
    let mut gradient = [0.0];
    let loss = BinaryCrossEntropyWithLogits::new().loss_and_grad(&[x], &[y], &mut gradient)?;
    Ok((loss, gradient[0]))
}

/// `ln(1 + e^x)` for y = 0 in double precision.
pub fn exact(x: f32, y: f32) -> f64 {
    let x = f64::from(if y == 1.0 { -x } else { x });
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
