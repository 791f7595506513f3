//! Soft-threshold with a threshold of each element: the weighted (adaptive)
//! lasso.

use super::elementwise;
use super::soft_threshold::{backward, soft_any};
use crate::{Float, Isa, Kernel, sweep};

/// Replaces `x` by `soft(x, lambdas)`.
#[derive(Debug)]
pub struct WeightedSoftThreshold<'a, E> {
    /// `[n]`, overwritten.
    pub x: &'a mut [E],
    /// `[n]`, not negative.
    pub lambdas: &'a [E],
}

/// Writes `soft(x, lambdas)` to `out`.
#[derive(Debug)]
pub struct WeightedSoftThresholdInto<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// `[n]`, not negative.
    pub lambdas: &'a [E],
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
}

/// Writes `upstream * d soft(x, lambdas) / dx` to `grad`.
#[derive(Debug)]
pub struct WeightedSoftThresholdBackward<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// `[n]`, not negative.
    pub lambdas: &'a [E],
    /// `[n]`
    pub upstream: &'a [E],
    /// `[n]`, overwritten.
    pub grad: &'a mut [E],
}

impl<E: Float> Kernel for WeightedSoftThreshold<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        sweep::update(
            isa,
            self.x,
            self.lambdas,
            #[inline(always)]
            |x: E::Lanes<I>, lambda| soft_any(x, lambda),
        );
    }
}

impl<E: Float> Kernel for WeightedSoftThresholdInto<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let reads = (self.x, self.lambdas);
        sweep::update(
            isa,
            self.out,
            reads,
            #[inline(always)]
            |_: E::Lanes<I>, (x, lambda)| soft_any(x, lambda),
        );
    }
}

impl<E: Float> Kernel for WeightedSoftThresholdBackward<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let reads = ((self.x, self.lambdas), self.upstream);
        sweep::update(
            isa,
            self.grad,
            reads,
            #[inline(always)]
            |_: E::Lanes<I>, ((x, lambda), upstream)| backward(x, lambda, upstream),
        );
    }
}

elementwise!(WeightedSoftThreshold { mut x, ref lambdas; }, 0.05);
elementwise!(WeightedSoftThresholdInto { ref x, ref lambdas, mut out; }, 0.06);
elementwise!(WeightedSoftThresholdBackward { ref x, ref lambdas, ref upstream, mut grad; }, 0.08);
