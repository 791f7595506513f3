//! How far weights are from an optimum, by the optimality condition of each element.

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
        let Self { w, grad, l1, l2 } = self;
        let smooth = isa.splat(l2);
        if l2 == E::ZERO {
            // An infinite weight must not meet an `l2` of 0, and NaN stays NaN.
            let infinity = isa.splat(E::INFINITY);
            return largest(
                isa,
                (w, grad),
                l1,
                inline!(|w, grad| grad + (w * smooth).zero_where(w.abs().eq(infinity))),
            );
        }
        largest(isa, (w, grad), l1, inline!(|w, grad| grad + w * smooth))
    }
}

/// The largest violation, where `slope` is the gradient of loss and L2 term.
#[inline(always)]
fn largest<E: Float, I: Isa>(
    isa: I,
    slices: (&[E], &[E]),
    l1: E,
    slope: impl Fn(E::Lanes<I>, E::Lanes<I>) -> E::Lanes<I>,
) -> E {
    let (l1, zero) = (isa.splat(l1), isa.splat(E::ZERO));
    sweep::largest(
        isa,
        slices,
        inline!(|(w, grad)| {
            // A weight of 0 may have any subgradient from -l1 to l1.
            let at_zero = (grad.abs() - l1).max_or_self(zero); // NaN stays NaN
            let elsewhere = (slope(w, grad) + l1.copysign(w)).abs();
            select(w.eq(zero), at_zero, elsewhere)
        }),
    )
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
