//! Projection onto a box, the proximal operator of its indicator.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes};

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
        x.max_or_self(x.splat(self.low)).min_or_self(x.splat(self.high)) + E::ZERO
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        let inside = x.ge(x.splat(self.low)) & x.le(x.splat(self.high));
        pass_on(inside, x, upstream)
    }
}
