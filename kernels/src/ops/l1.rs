//! Absolute error: `|d|` with `d = prediction - target`, derivative `sign(d)`,
//! which is 0 at 0.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Float, Isa, Lanes};

/// `|prediction - target|`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct L1;

impl<E: Element> Pointwise<E> for L1 {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction.sub(target);
        (d.abs(), sign(d))
    }
}

/// 1 with the sign of `d`; `d` itself where it is 0 or NaN.
#[inline(always)]
pub(crate) fn sign<L: Lanes>(d: L) -> L {
    let one = d.same(Float::ONE).copysign(d);
    // Only an ordered difference has a sign: |d| > 0 is false for 0 and NaN.
    L::select(d.abs().gt(d.same(Float::ZERO)), one, d)
}
