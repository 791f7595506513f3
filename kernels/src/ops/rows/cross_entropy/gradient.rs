//! The gradient of a row whose exponentials and target's weights are known.

use crate::lanes::{Float, Lanes};
use crate::math::Math;
use crate::math::eft::{residual, two_sum};
use crate::ops::rows::exponentials::Exponentials;
use crate::ops::rows::narrow::{product, scaled};

/// A row in each lane.
pub(super) struct Gradient<L> {
    exponentials: Exponentials<L>,
    /// `factor / (exp_max + sum_rest)`, as the sum of two numbers.
    share: (L, L),
    /// `sum_c k_c`
    total: L,
    /// `2 z (L + m)`
    z: L,
}

impl<L: Lanes<Elem: Math>> Gradient<L> {
    #[inline(always)]
    pub(super) fn new(exponentials: Exponentials<L>, factor: (L, L), total: L, z: L) -> Self {
        Self { exponentials, share: exponentials.quotient(factor), total, z }
    }

    /// The factor of each exponential, as the sum of two numbers.
    #[inline(always)]
    pub(super) fn scale(&self) -> (L, L) {
        let (share, low) = self.share;
        let (slope, error) = two_sum(self.total, self.z);
        let scale = share * slope;
        let low = low.mul_add(slope, share * error) - residual(scale, share, slope);
        (scale, low)
    }

    /// [`scale`](Self::scale) where there is no z-loss.
    #[inline(always)]
    pub(super) fn scale_without_z(&self) -> (L, L) {
        let (share, low) = self.share;
        let scale = share * self.total;
        (scale, low * self.total - residual(scale, share, self.total))
    }

    /// The derivative with respect to the logit of a class as target, whose weight is `k` and
    /// whose exponential is `e`; the other classes weigh `weight_rest` together.
    #[inline(always)]
    pub(super) fn of_target(&self, k: L, weight_rest: L, e: L) -> L {
        let (rest, error) = self.exponentials.without(e);
        // Subtracted from 0, so that no result is -0.
        let zero = e.splat(L::Elem::ZERO);
        let u = (k.neg_mul_add(rest, (self.z + weight_rest) * e), k.neg_mul_add(error, zero));
        product(u, self.share) + zero
    }

    /// The derivative with respect to the only largest logit, where every class has a weight;
    /// `of_rest` is the factor times those of the other classes.
    #[inline(always)]
    pub(super) fn of_max(&self, of_rest: L) -> L {
        let Exponentials { exp_max, sum_rest } = self.exponentials;
        let zero = exp_max.splat(L::Elem::ZERO);
        let u = self.total.neg_mul_add(sum_rest.0 + sum_rest.1, self.z * exp_max);
        // Added to 0, so that no result is -0.
        scaled(u, self.share) + of_rest + zero
    }
}
