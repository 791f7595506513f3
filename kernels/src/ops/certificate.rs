//! How far weights are from optimal, element by element.

use super::reduce::larger;
use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, select, sweep};

/// Returns the largest violation of the optimality conditions of
/// `loss + l1 |w| + l2 w^2 / 2`.
#[derive(Debug)]
pub struct KktViolation<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// `[n]`: the gradient of the loss.
    pub grad: &'a [E],
    /// Finite and not negative.
    pub l1: E,
    /// Finite and not negative.
    pub l2: E,
}

impl<E: Float> Kernel for KktViolation<'_, E> {
    type Out = E;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> E {
        let (l1, zero) = (isa.splat(self.l1), isa.splat(E::ZERO));
        sweep::largest(
            isa,
            (self.w, self.grad),
            #[inline(always)]
            |(w, grad)| {
                // A weight of 0 may have any subgradient from -l1 to l1.
                let at_zero = (grad.abs() - l1).max_or_self(zero); // NaN stays NaN
                let elsewhere = (grad + w * self.l2 + l1.copysign(w)).abs();
                select(w.eq(zero), at_zero, elsewhere)
            },
        )
    }
}

split! {
    impl[E: Element] KktViolation<'_, E>;
    cut: w, grad;
    copy: l1, l2;
    len: |kernel| kernel.w.len();
    cost: |_| 0.06;
    join: larger;
    dispatch: E::dispatch;
}
