//! Quantile loss, also called pinball: with `d = prediction - target` it is `(1 - q) d` above
//! the target and `-q d` below; the derivative is `1 - q` or `-q`, and 0 at a tie.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes, select};

/// `max(-q d, (1 - q) d)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile<E> {
    /// Above 0 and below 1. Where columns have quantiles of their own, those are used instead.
    pub quantile: E,
}

impl<E: Element> Pointwise<E> for Quantile<E> {
    const COMPACT: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.with_parameter::<I>(prediction.splat(self.quantile), prediction, target)
    }

    fn parameter(self) -> E {
        self.quantile
    }

    #[inline(always)]
    fn with_parameter<I: Isa>(
        self,
        q: E::Lanes<I>,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let zero = d.splat(E::ZERO);
        let slope = select(d.lt(zero), -q, d.splat(E::ONE) - q);
        // A tie is its own derivative, and so is NaN.
        ((slope * d).abs(), select(d.abs().gt(zero), slope, d))
    }
}
