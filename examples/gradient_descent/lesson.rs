//! A line `y = w x + b` by gradient descent: the way over the loss surface.

use crate::shared::random::Random;
use gradstep::Error;
use gradstep::loss::Mse;
use gradstep::update::Sgd;

/// Forty points near `y = 1.5 x + 0.5`.
pub fn points() -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(10);
    let x: Vec<f64> = (0..40).map(|i| f64::from(i) / 20.0 - 0.7).collect();
    let y = x.iter().map(|x| 1.5 * x + 0.5 + 0.2 * random.normal()).collect();
    (x, y)
}

/// Mean squared error of `[w, b]` and its gradient.
pub fn loss_and_gradient(at: [f64; 2]) -> Result<(f64, [f64; 2]), Error> {
    let (x, y) = points();
    let mut prediction: Vec<f64> = x.iter().map(|x| at[0] * x + at[1]).collect();
    let loss = Mse::new().loss_and_grad_in_place(&mut prediction, &y)?;
    let by_w = prediction.iter().zip(&x).map(|(g, x)| g * x).sum();
    Ok((loss, [by_w, prediction.iter().sum()]))
}

/// The places that descent visits; it ends after `steps`.
pub fn path(learning_rate: f64, steps: usize) -> Result<Vec<[f64; 2]>, Error> {
    let sgd = Sgd::new(learning_rate)?;
    let mut path = vec![[-1.5, 2.5]];
    for step in 0..steps {
        let mut at = path[step];
        let (_, gradient) = loss_and_gradient(at)?;
        sgd.step(&mut at, &gradient)?;
        path.push(at);
    }
    Ok(path)
}

/// The surface is a quadratic, so its second derivatives say everything:
/// curvatures along the two axes of its ellipses, the steepest first, and the
/// direction of the first axis.
pub fn curvatures() -> ([f64; 2], [f64; 2]) {
    let (x, _) = points();
    let n = x.len() as f64;
    let (mean, square) = (x.iter().sum::<f64>() / n, x.iter().map(|x| x * x).sum::<f64>() / n);
    // The matrix [[2 square, 2 mean], [2 mean, 2]] and its eigenvalues.
    let (middle, half) = (square + 1.0, ((square - 1.0).powi(2) + 4.0 * mean * mean).sqrt());
    let steep = middle + half;
    let axis = [2.0 * mean, steep - 2.0 * square];
    let length = axis[0].hypot(axis[1]);
    ([steep, middle - half], axis.map(|component| component / length))
}

/// The place of the least loss, from the normal equations.
pub fn minimum() -> [f64; 2] {
    let (x, y) = points();
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let covariance: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    let w = covariance / variance;
    [w, mean_y - w * mean_x]
}
