//! Derivatives against finite differences of the crate's own values.

use super::{PointwiseLoss, named, pointwise, smallest_pair, takes};
use crate::numbers::{Number, Random};
use crate::{Failure, Outcome, tolerance};
use gradstep::Level;

/// What is seen of a loss around a prediction: values at one and two steps to either side,
/// and the derivative.
struct Around {
    step: f64,
    values: [f64; 5],
    derivative: f64,
}

impl Around {
    /// Predictions at two steps before, to two steps behind.
    fn pairs<E: Number>((prediction, target): (E, E)) -> [(E, E); 5] {
        let step = tolerance::step(E::FORMAT);
        [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| (E::from_f64(prediction.to_f64() + k * step), target))
    }

    fn new<E: Number>(results: &[(E, E)]) -> Self {
        let value = |i: usize| results[i].0.to_f64();
        Around {
            step: tolerance::step(E::FORMAT),
            values: [0, 1, 2, 3, 4].map(value),
            derivative: results[2].1.to_f64(),
        }
    }

    /// The slope from the values `2 k` steps apart.
    fn central(&self, k: usize) -> f64 {
        (self.values[2 + k] - self.values[2 - k]) / (2.0 * k as f64 * self.step)
    }

    /// How far the derivative may be from the slope: rounding of the values over the step,
    /// and curvature. The error of a central difference grows with the square of its step,
    /// so differences of one and two steps are three such errors apart.
    fn allowed(&self, rounding: f64) -> f64 {
        let curvature = (self.central(2) - self.central(1)).abs();
        rounding * (1.0 + self.values[2].abs() + self.central(1).abs()) + curvature
    }

    /// Whether the derivative is the slope; at a kink, any slope between those of its sides.
    fn holds(&self, rounding: f64) -> bool {
        let left = (self.values[2] - self.values[1]) / self.step;
        let right = (self.values[3] - self.values[2]) / self.step;
        let slack = rounding * (1.0 + self.values[2].abs());
        (self.central(1) - self.derivative).abs() <= self.allowed(rounding)
            || (left.min(right) - slack..=left.max(right) + slack).contains(&self.derivative)
    }
}

/// The derivative is the slope of the value: that of simple numbers, of the corners, and of
/// ordinary ones.
pub fn derivative_is_the_slope<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome {
    let mut random = Random::new(2);
    let simple = [0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5].map(E::from_f64);
    let mut pairs: Vec<(E, E)> = simple.iter().flat_map(|t| simple.map(|p| (p, *t))).collect();
    pairs.extend((0..2000).map(|_| loss.ordinary(&mut random)));
    // On a grid of steps, so that steps are exact.
    let step = tolerance::step(E::FORMAT);
    let on_grid = |(p, t): (E, E)| (E::from_f64((p.to_f64() / step).round() * step), t);
    pairs.iter_mut().for_each(|pair| *pair = on_grid(*pair));
    let all_taken = |pair: &(E, E)| Around::pairs(*pair).into_iter().all(|one| takes(loss, one));
    pairs.retain(all_taken);

    let rounding = tolerance::slope(E::FORMAT);
    for level in Level::available() {
        let of = |pair| Around::new(&pointwise(loss, level, &Around::pairs(pair)));
        let around: Vec<(E, E)> = pairs.iter().flat_map(|pair| Around::pairs(*pair)).collect();
        let results = pointwise(loss, level, &around);
        let holds = |seen: &[(E, E)]| Around::new(seen).holds(rounding);
        let Some(i) = results.chunks(5).position(|seen| !holds(seen)) else { continue };
        let broken = |pair| pair == on_grid(pair) && all_taken(&pair) && !of(pair).holds(rounding);
        let pair = smallest_pair(loss, pairs[i], broken);
        let seen = of(pair);
        let found = format!(
            "{loss:?} in {:?} on {level:?}: the derivative is {}, the slope {}, to within {:.1e}",
            E::FORMAT,
            seen.derivative,
            seen.central(1),
            seen.allowed(rounding),
        );
        let law = "the derivative is the slope of the value";
        return Err(Failure::new(law, found).at(named(pair)));
    }
    Ok(())
}
