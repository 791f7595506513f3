//! Hard threshold, the proximal operator of `lambda^2 / 2` for each element that is
//! not 0: what is larger than `lambda` stays as it is.

use super::proximal::{Proximal, compiled_once, pass_on};
use crate::{Element, Isa, Lanes};

/// `x` where `|x| > lambda`, else +0
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardThreshold<E> {
    /// Not negative, not NaN.
    pub lambda: E,
}

impl<E: Element> Proximal<E> for HardThreshold<E> {
    compiled_once!();

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        // A NaN is not at most lambda, and stays.
        x.zero_where(x.abs().le(x.splat(self.lambda)))
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        pass_on(x.abs().gt(x.splat(self.lambda)), x, upstream)
    }
}
