//! `prox(x) = argmin_u (u - x)^2 / 2 + penalty(u)`, by search.

use super::{ReferencedOperator, one};
use crate::laws::law;
use crate::numbers::{Number, error_at};
use crate::reference::Double;
use crate::{Outcome, tolerance};
use gradstep::Level;
use proptest::prelude::*;

/// The least point of a convex `f` in `low..=high`, by golden-section search: a
/// parabola's is found to half the digits of its values, here 2^-50.
fn least(mut low: Double, mut high: Double, f: impl Fn(Double) -> Double) -> Double {
    // (3 - sqrt(5)) / 2
    let ratio = (Double::from(3.0) - Double::from(5.0).sqrt()) / 2.0;
    let mut left = low + (high - low) * ratio;
    let mut right = high - (high - low) * ratio;
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..110 {
        if at_left < at_right || (at_right == Double::INFINITY && right > 0.0) {
            (high, right, at_right) = (right, left, at_left);
            left = low + (high - low) * ratio;
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = high - (high - low) * ratio;
            at_right = f(right);
        }
    }
    // The limit of what is allowed may lie between.
    let ends = [low, high, (low + high) / 2.0];
    ends.into_iter().fold(low, |a, b| if f(b) < f(a) { b } else { a })
}

/// The minimiser, by search on either side of 0 and at 0 itself, where a penalty
/// may jump.
fn minimiser<E: Number, O: ReferencedOperator<E>>(operator: O, x: E) -> Double {
    let x = Double::from(x.to_f64());
    let value = |u: Double| (u - x) * (u - x) / 2.0 + operator.penalty(u);
    let (zero, far) = (Double::ZERO, Double::from(16.0));
    let tiny = Double::ONE.scale(-300);
    let sides = [least(tiny, far, value), least(-far, -tiny, value)];
    let better = |a: Double, b: Double| if value(b) < value(a) { b } else { a };
    sides.into_iter().fold(zero, better)
}

/// No other point is better: of operators on a grid, by search.
pub fn it_is_the_minimiser<E: Number, O: ReferencedOperator<E>>(_: O) -> Outcome {
    let name = "the result minimises distance and penalty";
    law(name, &(-8.0..8.0f64, 0u32..4096), |(x, k)| {
        let (x, operator) = (E::from_f64(x), O::on_grid(f64::from(k) / 1024.0));
        let expected = minimiser(operator, x);
        // What the search leaves open, in ULPs of the largest number in play.
        let open = Double::ONE.scale(3 - 48);
        let ulps = tolerance::ulps(O::NAME, "value", E::FORMAT);
        for level in Level::available() {
            let got = one(operator, level, x);
            let error = error_at(got, expected, expected);
            let near = (expected - got.to_f64()).abs() <= open;
            prop_assert!(
                error <= ulps || near,
                "{operator:?} of {x:?} on {level:?}: {got:?}, not {:?}",
                expected.to_f64()
            );
        }
        Ok(())
    })
}
