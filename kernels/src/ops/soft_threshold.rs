//! Soft-threshold, the proximal operator of `lambda * |x|`.
//!
//! The shrunken magnitude `|x| - lambda` takes the sign of `x`; where nothing is
//! left the result is +0. So the result has one rounding and is never -0, and
//! `lambda = inf` gives 0 also where `|x| - lambda` would be NaN.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, Mask, sweep};

/// `soft(x, lambda)`, one register. NaN stays NaN.
#[inline(always)]
pub(crate) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    let magnitude = x.abs();
    let shrunk = magnitude.sub(lambda).copysign(x);
    // A NaN is not at most lambda, and passes through the subtraction.
    L::select(magnitude.le(lambda), x.same(Float::ZERO), shrunk)
}

/// The derivative of [`soft`] times `upstream`: passed on where `|x| > lambda`.
#[inline(always)]
pub(crate) fn backward<L: Lanes>(x: L, lambda: L, upstream: L) -> L {
    let kept = L::select(x.abs().gt(lambda), upstream, x.same(Float::ZERO));
    // NaN anywhere stays NaN, also where the derivative is 0.
    let all = x.add(lambda).add(upstream);
    let nan = x.is_nan().or(lambda.is_nan()).or(upstream.is_nan());
    L::select(nan, all, kept)
}

/// Replaces `x` by `soft(x, lambda)`.
#[derive(Debug)]
pub struct SoftThreshold<'a, E> {
    /// `[n]`, overwritten.
    pub x: &'a mut [E],
    /// Not negative, not NaN.
    pub lambda: E,
}

/// Writes `soft(x, lambda)` to `out`.
#[derive(Debug)]
pub struct SoftThresholdInto<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// Not negative, not NaN.
    pub lambda: E,
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
}

/// Writes `upstream * d soft(x, lambda) / dx` to `grad`.
#[derive(Debug)]
pub struct SoftThresholdBackward<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// Not negative, not NaN.
    pub lambda: E,
    /// `[n]`
    pub upstream: &'a [E],
    /// `[n]`, overwritten.
    pub grad: &'a mut [E],
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

impl<E: Float> Kernel for SoftThresholdInto<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let lambda = E::Lanes::<I>::splat(isa, self.lambda);
        sweep::update(
            isa,
            self.out,
            self.x,
            #[inline(always)]
            |_: E::Lanes<I>, x| soft(x, lambda),
        );
    }
}

impl<E: Float> Kernel for SoftThresholdBackward<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let lambda = E::Lanes::<I>::splat(isa, self.lambda);
        let reads = (self.x, self.upstream);
        sweep::update(
            isa,
            self.grad,
            reads,
            #[inline(always)]
            |_: E::Lanes<I>, (x, upstream)| backward(x, lambda, upstream),
        );
    }
}

elementwise!(SoftThreshold { mut x; lambda }, 0.05);
elementwise!(SoftThresholdInto { ref x, mut out; lambda }, 0.05);
elementwise!(SoftThresholdBackward { ref x, ref upstream, mut grad; lambda }, 0.08);
