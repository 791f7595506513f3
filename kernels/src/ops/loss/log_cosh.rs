//! Log-cosh: `ln cosh d` with `d = prediction - target`, derivative `tanh d`.
//!
//! With `t = tanh |d|` the loss is `-ln(1 - t^2) / 2`, which small `d` keep all their
//! digits in, and `|d| - ln 2 + ln(1 + e^(-2 |d|))`, which does not overflow, where
//! `e^(-2 |d|) = (1 - t) / (1 + t)`. From `|d| = 3/4` on, `|d| - ln 2` takes nothing away
//! that the logarithm does not give back twice: there the second form begins.
//!
//! The second derivative is `1 - tanh^2 d = 4 q (1 - q)` with `q = sigmoid(-2 |d|)`, where
//! nothing cancels.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::math::{ln_1p, logistic, tanh};
use crate::{Element, Isa, Lanes, select};

/// `ln cosh(prediction - target)`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogCosh;

impl<E: Element> Pointwise<E> for LogCosh {
    const COST: f64 = 1.0;
    const LONG: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let (a, derivative) = (d.abs(), tanh(d));
        let t = derivative.abs();
        let one = d.splat(E::ONE);
        let small = a.lt(d.splat(E::from_f64(0.75)));
        let l = ln_1p(select(small, -(t * t), (one - t) / (one + t)));
        let [ln_2, ln_2_low] = E::LN_2; // a - ln_2 has no rounding below 2 ln 2
        (select(small, l * -E::HALF, (a - ln_2) + (l - ln_2_low)), derivative)
    }
}

impl<E: Element> TwiceDifferentiable<E> for LogCosh {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> E::Lanes<I> {
        let d = prediction - target;
        let (q, _) = logistic(d.abs() * -E::TWO);
        q * (d.splat(E::ONE) - q) * E::from_f64(4.0)
    }
}
