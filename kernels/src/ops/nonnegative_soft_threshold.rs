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
        // inf - inf is no number; a NaN is not at most lambda.
        self.prox_finite::<I>(x).zero_where(x.le(x.same(self.lambda)))
    }
    fn is_finite(self) -> bool {
        self.lambda < E::INFINITY
    }
    #[inline(always)]
    fn prox_finite<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        let lambda = x.same(self.lambda);
        // NaN stays NaN; -0 - 0 is -0, and -0 + 0 is +0.
        x.max_or_self(lambda).sub(lambda).add(x.same(E::ZERO))
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.gt(x.same(self.lambda)), x, upstream)
    }
}
