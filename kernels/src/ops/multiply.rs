//! Two slices, element by element.

use crate::{Float, Isa, Kernel, sweep};

/// `x := x * by`
#[derive(Debug)]
pub(super) struct Multiply<'a, E> {
    /// `[n]`, overwritten.
    pub(super) x: &'a mut [E],
    /// `[n]`
    pub(super) by: &'a [E],
}

impl<E: Float> Kernel for Multiply<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        sweep::update(isa, self.x, self.by, inline!(|x, by| x * by));
    }
}
