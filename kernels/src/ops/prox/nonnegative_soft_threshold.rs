//! Soft-threshold onto the non-negative numbers, the proximal operator of
//! `lambda * u` for `u >= 0`: `max(x, lambda) - lambda`, which is +0 wherever
//! nothing is left and has one rounding elsewhere.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes};

/// `max(x - lambda, 0)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonnegativeSoftThreshold<E> {
    /// Not negative, not NaN.
    pub lambda: E,
}

impl<E: Element> Proximal<E> for NonnegativeSoftThreshold<E> {
    compiled_once!();

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        // NaN stays NaN; -0 - 0 is -0, and -0 + 0 is +0.
        x.max_or_self(x.splat(self.lambda)) - self.lambda + E::ZERO
    }
    fn shrinks_all_to_zero(self) -> bool {
        self.lambda == E::INFINITY
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.gt(x.splat(self.lambda)), x, upstream)
    }
}
