//! Lines through points of which some are far off, by descent on four losses.

use crate::shared::random::Random;
use gradstep::Error;
use gradstep::loss::{Huber, L1, Loss, Mse, Pointwise, SmoothL1};
use gradstep::update::Sgd;

/// The line behind the points.
pub const INTERCEPT: f64 = 1.0;
pub const SLOPE: f64 = 2.0;

/// `x` in -1..1 and `y` near the line, save for every sixth point on the right:
/// somebody has typed 8 instead of what was measured.
pub fn points() -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(5);
    let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 29.5 - 1.0).collect();
    let y = x.iter().enumerate().map(|(i, x)| {
        let noise = 0.15 * random.normal();
        if i >= 30 && i % 6 == 5 { -8.0 } else { INTERCEPT + SLOPE * x + noise }
    });
    let y = y.collect();
    (x, y)
}

/// A loss by its name: value and gradient of each `prediction` at target 0.
pub struct Shape {
    pub name: &'static str,
    pub values: Vec<f64>,
    pub gradients: Vec<f64>,
    /// Intercept and slope of the line that has the least mean loss.
    pub line: (f64, f64),
}

/// The four losses over `predictions`, and their lines.
pub fn shapes(predictions: &[f64]) -> Result<[Shape; 4], Error> {
    Ok([
        shape("MSE", &Mse::new(), predictions)?,
        shape("L1", &L1::new(), predictions)?,
        shape("Smooth-L1, beta 1", &SmoothL1::new(1.0)?, predictions)?,
        shape("Huber, delta 0.5", &Huber::new(0.5)?, predictions)?,
    ])
}

fn shape<P: Pointwise<f64>>(
    name: &'static str,
    loss: &Loss<'_, f64, P>,
    predictions: &[f64],
) -> Result<Shape, Error> {
    let n = predictions.len();
    let (mut values, mut gradients) = (vec![0.0; n], vec![0.0; n]);
    loss.losses(predictions, &vec![0.0; n], &mut values)?;
    loss.backward(predictions, &vec![0.0; n], &vec![1.0; n], &mut gradients)?;
    Ok(Shape { name, values, gradients, line: fit(loss)? })
}

/// Descends from the line 0 with steps that shrink, as L1's gradient does not.
fn fit<P: Pointwise<f64>>(loss: &Loss<'_, f64, P>) -> Result<(f64, f64), Error> {
    let (x, y) = points();
    let (mut line, mut prediction, mut gradient) =
        ([0.0, 0.0], vec![0.0; x.len()], vec![0.0; x.len()]);
    for step in 1..=20_000 {
        prediction.iter_mut().zip(&x).for_each(|(p, x)| *p = line[0] + line[1] * x);
        loss.loss_and_grad(&prediction, &y, &mut gradient)?;
        let slope = gradient.iter().zip(&x).map(|(g, x)| g * x).sum();
        let by_line = [gradient.iter().sum(), slope];
        Sgd::new(0.5 / f64::from(step).sqrt())?.step(&mut line, &by_line)?;
    }
    Ok((line[0], line[1]))
}
