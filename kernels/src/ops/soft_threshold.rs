//! Soft-threshold, the proximal operator of `lambda * |x|`.
//!
//! The shrunken magnitude `max(|x| - lambda, 0)` takes the sign of `x`, and is
//! +0 wherever nothing is left: so the result is exact, has one rounding, and is
//! never -0. `lambda = inf` must give 0 also where `|x| - lambda` is NaN.

use crate::{Float, Isa, Kernel, Lanes, sweep};

/// `soft(x, lambda)`, one register. NaN stays NaN; `lambda` is not negative.
#[inline(always)]
pub(crate) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    let magnitude = x.abs();
    let shrunk = magnitude.sub(lambda).copysign(x);
    // A NaN is not at most lambda, and passes through the subtraction.
    L::select(magnitude.le(lambda), x.same(L::Elem::ZERO), shrunk)
}

/// Replaces `x` by `soft(x, lambda)`.
pub struct SoftThreshold<'a, E> {
    /// `[n]`, overwritten.
    pub x: &'a mut [E],
    /// Not negative, not NaN.
    pub lambda: E,
}

impl<E: Float> Kernel for SoftThreshold<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let lambda = E::Lanes::<I>::splat(isa, self.lambda);
        sweep::update(
            isa,
            self.x,
            (),
            #[inline(always)]
            |x: E::Lanes<I>, ()| soft(x, lambda),
        );
    }
}
