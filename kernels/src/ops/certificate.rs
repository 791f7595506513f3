//! How far weights are from optimal, element by element.

use super::elementwise;
use super::reduce::larger;
use crate::{Float, Isa, Kernel, Lanes, sweep};

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
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (l1, l2, zero) = (splat(self.l1), splat(self.l2), splat(E::ZERO));
        let reads = (self.w, self.grad);
        sweep::largest(
            isa,
            reads,
            #[inline(always)]
            |(w, grad): (E::Lanes<I>, E::Lanes<I>)| {
                // A weight of 0 may have any subgradient from -l1 to l1.
                let at_zero = grad.abs().sub(l1).max_or_self(zero); // NaN stays NaN
                let elsewhere = grad.add(w.mul(l2)).add(l1.copysign(w)).abs();
                E::Lanes::<I>::select(w.eq(zero), at_zero, elsewhere)
            },
        )
    }
}

elementwise!(KktViolation { ref w, ref grad; l1, l2 } -> E by larger, 0.06);
