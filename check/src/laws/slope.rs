//! Derivatives against finite differences of the values.

use super::smallest::smallest;
use crate::numbers::Number;
use crate::{Failure, Outcome, tolerance};

type Run<'f, E, const N: usize> = dyn Fn(&[[E; N]]) -> Vec<(E, E)> + 'f;

/// Values and derivatives for rows of inputs of which the first moves.
pub(crate) struct Slopes<'f, E, const N: usize> {
    /// What is checked, and where.
    pub(crate) what: String,
    /// Of the inputs.
    pub(crate) names: [&'static str; N],
    /// Where to look.
    pub(crate) rows: Vec<[E; N]>,
    /// Value and derivative of each row.
    pub(crate) run: &'f Run<'f, E, N>,
    /// Whether the function is meant for the row.
    pub(crate) takes: &'f dyn Fn([E; N]) -> bool,
}

/// What is seen of a function around a place: values at one and two steps to either side,
/// and the derivative.
struct Around {
    step: f64,
    values: [f64; 5],
    derivative: f64,
}

impl Around {
    fn new<E: Number>(results: &[(E, E)]) -> Self {
        Around {
            step: tolerance::step(E::FORMAT),
            values: [0, 1, 2, 3, 4].map(|i: usize| results[i].0.to_f64()),
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

/// Places at two steps before, to two steps behind.
fn around<E: Number, const N: usize>(row: [E; N]) -> [[E; N]; 5] {
    let step = tolerance::step(E::FORMAT);
    [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| {
        let mut moved = row;
        moved[0] = E::from_f64(row[0].to_f64() + k * step);
        moved
    })
}

impl<E: Number, const N: usize> Slopes<'_, E, N> {
    /// Whether the derivative of each row is the slope of the value.
    pub(crate) fn check(self) -> Outcome {
        let Self { what, names, mut rows, run, takes } = self;
        let rounding = tolerance::slope(E::FORMAT);
        let step = tolerance::step(E::FORMAT);
        // On a grid of steps, so that steps are exact.
        let on_grid = |x: E| E::from_f64((x.to_f64() / step).round() * step);
        rows.iter_mut().for_each(|row| row[0] = on_grid(row[0]));
        rows.retain(|row| around(*row).into_iter().all(takes));

        let results = run(&rows.iter().flat_map(|row| around(*row)).collect::<Vec<_>>());
        let holds = |seen: &[(E, E)]| Around::new(seen).holds(rounding);
        let Some(i) = results.chunks(5).position(|seen| !holds(seen)) else { return Ok(()) };
        let row = smallest(rows[i], &|row| {
            row[0] == on_grid(row[0])
                && around(*row).into_iter().all(takes)
                && !holds(&run(&around(*row)))
        });
        let seen = Around::new(&run(&around(row)));
        let found = format!(
            "{what}: the derivative is {}, the slope {}, to within {:.1e}",
            seen.derivative,
            seen.central(1),
            seen.allowed(rounding),
        );
        let law = "the derivative is the slope of the value";
        Err(Failure::new(law, found).at(names.into_iter().zip(row.map(|x| x.to_f64()))))
    }
}
