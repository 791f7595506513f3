//! Soft-threshold, the proximal operator of `lambda * |x|`: `x` less its
//! projection onto `[-lambda, lambda]` (Moreau's decomposition).
//!
//! The difference has one rounding, and is +0 wherever nothing is left: `x - x` is
//! +0 for every number, -0 too. Only `inf - inf` is no number, so an infinite
//! `lambda` takes a way of its own.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes};

/// `soft(x, lambda)` for a finite `lambda`. NaN stays NaN.
#[inline(always)]
pub(crate) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    x.sub(x.max_or_self(lambda.neg()).min_or_self(lambda))
}

/// `soft(x, lambda)` for any `lambda`.
#[inline(always)]
pub(crate) fn soft_any<L: Lanes>(x: L, lambda: L) -> L {
    // A NaN is not at most lambda, and passes through the subtraction.
    soft(x, lambda).zero_where(x.abs().le(lambda))
}

/// `sign(x) max(|x| - lambda, 0)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftThreshold<E> {
    /// Not negative, not NaN.
    pub lambda: E,
}

impl<E: Element> Proximal<E> for SoftThreshold<E> {
    compiled_once!();

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        soft_any(x, x.same(self.lambda))
    }
    fn is_finite(self) -> bool {
        self.lambda < E::INFINITY
    }
    #[inline(always)]
    fn prox_finite<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        soft(x, x.same(self.lambda))
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.abs().gt(x.same(self.lambda)), x, upstream)
    }
}
