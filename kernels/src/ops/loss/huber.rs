//! Huber: `d^2 / 2` within `delta` of the target, linear with slope `delta`
//! beyond.
//!
//! With `d = prediction - target` and `c = clamp(d, -delta, delta)` both branches collapse
//! into `loss = c * (d - c / 2)` and `derivative = c`. The loss alone takes `|d|`, which
//! spares one bound. The second derivative is 1 within `delta`, else 0.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// Half the square below `delta`, linear above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber<E> {
    /// Positive.
    pub delta: E,
}

impl<E: Element> Pointwise<E> for Huber<E> {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let delta = d.splat(self.delta);
        let c = d.max_or_self(-delta).min_or_self(delta); // NaN stays NaN
        // Added to 0, so that no loss is -0.
        (c.mul_add(d - c * E::HALF, d.splat(E::ZERO)), c)
    }

    #[inline(always)]
    fn value<I: Isa>(self, prediction: E::Lanes<I>, target: E::Lanes<I>) -> E::Lanes<I> {
        let a = (prediction - target).abs();
        let c = a.min_or_self(a.splat(self.delta));
        c * (a - c * E::HALF)
    }
}

impl<E: Element> TwiceDifferentiable<E> for Huber<E> {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> E::Lanes<I> {
        let d = prediction - target;
        d.splat(E::ONE).keep_where(d.abs().lt(d.splat(self.delta)))
    }
}
