//! Derivatives against finite differences of the crate's own values.

use super::{PointwiseLoss, on};
use crate::numbers::Random;
use crate::tolerance;
use gradstep::Level;

/// A step so large that rounding does not count and so small that curvature
/// hardly does.
const STEP: f64 = 1.0 / (1 << 20) as f64;

/// The derivative is the slope of the value, away from kinks.
pub(crate) fn derivative_is_the_slope<L: PointwiseLoss<f64>>(loss: L) {
    let mut random = Random::new(2);
    let draws = std::iter::repeat_with(|| loss.ordinary(&mut random)).take(2000);
    let smooth = |(p, t): &(f64, f64)| {
        loss.kinks().iter().all(|kink| ((p - t).abs() - kink).abs() > 2.0 * STEP)
    };
    let (prediction, target): (Vec<_>, Vec<_>) = draws.filter(smooth).unzip();
    let n = prediction.len();
    for level in Level::available() {
        let loss = loss.loss().execution(on(level));
        let values = |shift: f64| {
            let shifted: Vec<_> = prediction.iter().map(|p| p + shift).collect();
            let mut values = vec![0.0; n];
            loss.losses(&shifted, &target, &mut values).expect("not refused");
            values
        };
        let (above, below) = (values(STEP), values(-STEP));
        let mut derivative = vec![0.0; n];
        loss.backward(&prediction, &target, &vec![1.0; n], &mut derivative).expect("not refused");
        for i in 0..n {
            let slope = (above[i] - below[i]) / ((prediction[i] + STEP) - (prediction[i] - STEP));
            let error = (slope - derivative[i]).abs();
            let bound = tolerance::SLOPE * (1.0 + above[i] + slope.abs());
            let (p, t) = (prediction[i], target[i]);
            assert!(error <= bound, "{p}, {t} on {level:?}: {} and {slope}", derivative[i]);
        }
    }
}
