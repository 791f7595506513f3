//! Two slices, element by element.

use crate::{Float, Isa, Kernel, sweep};

/// `x := x * by * factor`
#[derive(Debug)]
pub(super) struct Multiply<'a, E> {
    /// `[n]`, overwritten.
    pub(super) x: &'a mut [E],
    /// `[n]`
    pub(super) by: &'a [E],
    /// Of all elements.
    pub(super) factor: E,
}

impl<E: Float> Kernel for Multiply<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let factor = isa.splat(self.factor);
        sweep::update(isa, self.x, self.by, inline!(|x, by| x * by * factor));
    }
}
