//! Squared error: `d^2` with `d = prediction - target`, derivative `2 d`.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa};

/// `(prediction - target)^2`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mse;

impl<E: Element> Pointwise<E> for Mse {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        (d * d, d + d)
    }

    // A mean's gradient is a number where twice the difference overflows.
    const REST: E = E::TWO;

    #[inline(always)]
    fn value_and_slope<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        (d * d, d)
    }
}
