//! Soft-threshold, the proximal operator of `lambda * |x|`: `x` less its
//! projection onto `[-lambda, lambda]` (Moreau's decomposition).
//!
//! The difference has one rounding, and is +0 wherever nothing is left: `x - x` is
//! +0 for every number, -0 too. Only `inf - inf` is no number, so an infinite
//! `lambda` takes a way of its own.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, Mask, sweep};

/// `soft(x, lambda)` for a finite `lambda`. NaN stays NaN.
#[inline(always)]
pub(crate) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    x.sub(x.max_or_self(lambda.neg()).min_or_self(lambda))
}

/// `soft(x, lambda)` for any `lambda`.
#[inline(always)]
pub(crate) fn soft_any<L: Lanes>(x: L, lambda: L) -> L {
    // A NaN is not at most lambda, and passes through the subtraction.
    L::select(x.abs().le(lambda), x.same(Float::ZERO), soft(x, lambda))
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
        if self.lambda < E::INFINITY {
            sweep::update(
                isa,
                self.x,
                (),
                #[inline(always)]
                |x: E::Lanes<I>, ()| soft(x, lambda),
            );
        } else {
            sweep::update(
                isa,
                self.x,
                (),
                #[inline(always)]
                |x: E::Lanes<I>, ()| soft_any(x, lambda),
            );
        }
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
            |_: E::Lanes<I>, x| soft_any(x, lambda),
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
