//! Elastic net, the proximal operator of `l1 |x| + l2 x^2 / 2`: soft-threshold,
//! then division by `1 + l2`.

use super::proximal::{Proximal, compiled_once, pass_on};
use super::soft_threshold::{soft, soft_any};
use crate::{Element, Isa, Lanes};

/// `soft(x, l1) / shrink`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElasticNet<E> {
    /// Not negative, not NaN.
    pub l1: E,
    /// `1 + l2`, finite and at least 1.
    pub shrink: E,
}

impl<E: Element> Proximal<E> for ElasticNet<E> {
    compiled_once!();
    const COST: f64 = 0.1;

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        let l1 = x.same(self.l1);
        let kept = if self.l1 < E::INFINITY { soft(x, l1) } else { soft_any(x, l1) };
        // A quotient that underflows may be -0, and -0 + 0 is +0.
        kept.div(x.same(self.shrink)).add(x.same(E::ZERO))
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.abs().gt(x.same(self.l1)), x, upstream.div(x.same(self.shrink)))
    }
}
