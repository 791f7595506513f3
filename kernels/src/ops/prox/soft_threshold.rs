//! Soft-threshold, the proximal operator of `lambda * |x|`: `x` less its
//! projection onto `[-lambda, lambda]` (Moreau's decomposition).
//!
//! The difference has one rounding, and is +0 wherever nothing is left: `x - x` is
//! +0 for every number, -0 too. Only `inf - inf` is no number.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes};

/// `soft(x, lambda)` for a finite `lambda`. NaN stays NaN.
#[inline(always)]
pub(crate) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    x - x.max_or_self(-lambda).min_or_self(lambda)
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
        soft(x, x.splat(self.lambda))
    }
    fn shrinks_all_to_zero(self) -> bool {
        self.lambda == E::INFINITY
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.abs().gt(x.splat(self.lambda)), x, upstream)
    }
}
