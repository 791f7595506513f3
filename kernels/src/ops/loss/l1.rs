//! Absolute error: `|d|` with `d = prediction - target`, derivative `sign(d)`,
//! which is 0 at 0.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

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
        let d = prediction - target;
        (d.abs(), d.splat(E::ONE).with_sign_of(d))
    }
}
