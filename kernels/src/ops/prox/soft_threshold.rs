//! Soft-threshold, the proximal operator of `lambda * |x|`.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::ops::shrink::soft;
use crate::{Element, Isa, Lanes};

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
