//! A slice times a number.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, sweep};

/// `x := x * factor`
#[derive(Debug)]
pub struct Scale<'a, E> {
    /// `[n]`, overwritten.
    pub x: &'a mut [E],
    /// Any number.
    pub factor: E,
}

impl<E: Float> Kernel for Scale<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let factor = E::Lanes::<I>::splat(isa, self.factor);
        sweep::update(
            isa,
            self.x,
            (),
            #[inline(always)]
            |x: E::Lanes<I>, ()| x.mul(factor),
        );
    }
}

elementwise!(Scale { mut x; factor }, 0.04);
