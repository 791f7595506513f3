//! Projection onto a box, the proximal operator of its indicator.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes, Mask};

/// The number in `low..=high` that is nearest to `x`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxConstraint<E> {
    /// Not NaN.
    pub low: E,
    /// At least `low`.
    pub high: E,
}

impl<E: Element> Proximal<E> for BoxConstraint<E> {
    compiled_once!();

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        // NaN stays NaN; -0 + 0 is +0.
        let clamped = x.max_or_self(x.same(self.low)).min_or_self(x.same(self.high));
        clamped.add(x.same(E::ZERO))
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.ge(x.same(self.low)).and(x.le(x.same(self.high))), x, upstream)
    }
}
