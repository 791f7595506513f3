//! Descent of fixed rate on the absolute error, whose slope is as steep next to the minimum
//! as far from it: the last step is as long as the first, and leads across.

use gradstep::Error;
use gradstep::loss::{Loss, Pointwise};
use gradstep::update::Sgd;

/// The line that all points lie on, so that every loss has its minimum there.
pub const LINE: [f64; 2] = [1.5, 0.5];
const START: [f64; 2] = [1.1, 1.0];

fn points() -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..40).map(|i| f64::from(i) / 20.0 - 0.7).collect();
    let y = x.iter().map(|x| LINE[0] * x + LINE[1]).collect();
    (x, y)
}

/// How far the line is from the right one after each step, of which step `t` has the
/// learning rate `rate(t)`.
pub fn distances<P: Pointwise<f64>>(
    loss: &Loss<'_, f64, P>,
    rate: impl Fn(u32) -> f64,
    steps: u32,
) -> Result<Vec<f64>, Error> {
    let (x, y) = points();
    let mut at = START;
    let step = |t: u32| {
        let mut prediction: Vec<f64> = x.iter().map(|x| at[0] * x + at[1]).collect();
        loss.loss_and_grad_in_place(&mut prediction, &y)?; // now the gradient
        let by_slope = prediction.iter().zip(&x).map(|(g, x)| g * x).sum();
        Sgd::new(rate(t))?.step(&mut at, &[by_slope, prediction.iter().sum()])?;
        Ok((at[0] - LINE[0]).hypot(at[1] - LINE[1]))
    };
    (1..=steps).map(step).collect()
}

/// The largest of the last hundred: what descent does not get below.
pub fn settled(distances: &[f64]) -> f64 {
    distances.iter().rev().take(100).copied().fold(0.0, f64::max)
}
