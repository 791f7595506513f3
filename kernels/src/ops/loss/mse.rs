//! Squared error: `d^2` with `d = prediction - target`, derivative `2 d`, which is `FACTOR` times
//! `d`; second derivative 2.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// `(prediction - target)^2`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mse;

impl<E: Element> Pointwise<E> for Mse {
    // A mean's gradient is a number where twice the difference overflows.
    const FACTOR: E = E::TWO;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        (d * d, d)
    }
}

impl<E: Element> TwiceDifferentiable<E> for Mse {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        _target: E::Lanes<I>,
    ) -> E::Lanes<I> {
        prediction.splat(E::ONE)
    }
}
