//! A slice times a number.

use crate::split::split;
use crate::{Element, Float, Isa, Kernel, sweep};

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
        sweep::update(isa, self.x, (), inline!(|x, ()| x * self.factor));
    }
}

split! {
    impl[E: Element] Scale<'_, E>;
    cut: x;
    copy: factor;
    len: |kernel| kernel.x.len();
    cost: |_| 0.04;
    join: |(), ()| ();
    dispatch: E::dispatch;
}
