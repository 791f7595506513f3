//! Elastic net, the proximal operator of `l1 |x| + l2 x^2 / 2`: soft-threshold,
//! then a product with the inverse of `1 + l2`.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::ops::shrink::soft;
use crate::{Element, Inverse, Isa, Lanes};

/// `soft(x, l1) * shrink`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElasticNet<E> {
    /// Not negative, not NaN.
    pub l1: E,
    /// Not negative, finite.
    pub l2: E,
    /// `1 / (1 + l2)`
    pub shrink: Inverse<E>,
}

impl<E: Element> Proximal<E> for ElasticNet<E> {
    compiled_once!();
    const COST: f64 = 0.1;

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        // A product that underflows may be -0, and -0 + 0 is +0.
        self.shrink.times(soft(x, x.splat(self.l1))) + E::ZERO
    }
    fn shrinks_all_to_zero(self) -> bool {
        self.l1 == E::INFINITY
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.abs().gt(x.splat(self.l1)), x, self.shrink.times(upstream))
    }
}
