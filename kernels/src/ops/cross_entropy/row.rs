//! What is made of a row when its exponentials are known; a row in each lane. In
//! `f64`, so that a row's numbers round once, at the end.

use super::Options;
use crate::{Float, Isa, Lanes, select};

/// A row's exponentials, times the row's factor.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Exponentials<W> {
    /// Of one maximum.
    pub(super) top: W,
    /// Of all the others together.
    pub(super) others: W,
}

impl Exponentials<f64> {
    /// Of one row, in every lane.
    #[inline(always)]
    pub(in crate::ops) fn splat<I: Isa>(self, isa: I) -> Exponentials<I::F64> {
        let Self { top, others } = self;
        Exponentials { top: isa.splat(top), others: isa.splat(others) }
    }
}

impl<W: Lanes<Elem = f64>> Exponentials<W> {
    /// `others / top`
    #[inline(always)]
    pub(in crate::ops) fn ratio(self) -> W {
        self.others / self.top
    }

    #[inline(always)]
    fn sum(self) -> W {
        self.top + self.others
    }

    #[inline(always)]
    fn inverse(self) -> W {
        self.top.splat(1.0) / self.sum()
    }

    /// The sum of all but one exponential `e`, with no difference of nearly equal
    /// numbers.
    #[inline(always)]
    fn without(self, e: W) -> W {
        select(e.eq(self.top), self.others, self.sum() - e)
    }
}

/// A row, its exponentials and what the target and the options say of it.
#[derive(Clone, Copy)]
pub(super) struct Row<W> {
    pub(super) exponentials: Exponentials<W>,
    /// `sum_c k_c`
    pub(super) total: W,
    /// `2 z_loss logsumexp`
    pub(super) z: W,
    /// Of the gradient.
    pub(super) factor: W,
}

impl<W: Lanes<Elem = f64>> Row<W> {
    /// The factor of each exponential in the gradient, but for the rounding of the
    /// inverse, which [`scale_error`](Self::scale_error) makes good.
    #[inline(always)]
    pub(super) fn scale(&self) -> W {
        (self.total + self.z) * self.factor * self.exponentials.inverse()
    }

    /// What `rounded` lacks of [`scale`](Self::scale), so that its rounding costs
    /// nothing.
    #[inline(always)]
    pub(super) fn scale_error(&self, rounded: W) -> W {
        let Self { exponentials, total, z, factor } = self;
        let residual = residual((*total + *z) * *factor, rounded, exponentials.sum());
        let error = residual * exponentials.inverse();
        // Beside infinity there is no error to speak of.
        select(error.abs().lt(error.splat(f64::INFINITY)), error, error.splat(0.0))
    }

    /// The derivative with respect to the target's logit, for a class as target
    /// of the weight `w` and the exponential `e`, where every class has the weight
    /// `total_weight` in all and `share` of it.
    #[inline(always)]
    pub(super) fn of_target<E: Float>(&self, e: W, w: W, options: &Options<'_, E>) -> W {
        let sum = self.exponentials.sum();
        let rest = self.exponentials.without(e) / sum;
        let hard = w * options.keep * rest;
        let mut g = -hard;
        if options.smooths() || options.z_loss != 0.0 {
            let p = e / sum;
            let of_others = (w.splat(options.total_weight) - w) * p;
            let smoothing = w.splat(options.share) * (of_others - w * rest);
            g = smoothing + self.z * p - hard;
        }
        // Added to 0, so that nothing is never -(0.
        g * self.factor + 0.0
    }

    /// The derivative with respect to the only largest logit, for probabilities as
    /// targets; `remaining` is the sum of `k_c` over the other classes.
    #[inline(always)]
    pub(super) fn of_largest(&self, remaining: W) -> W {
        let Exponentials { top, others } = self.exponentials;
        let sum = self.exponentials.sum();
        let g = remaining - self.total * (others / sum) + self.z * (top / sum);
        g * self.factor + 0.0
    }
}

/// `weight * x`, and 0 where the weight is 0, whatever the `x`.
#[inline(always)]
pub(super) fn weighted<L: Lanes>(weight: L, x: L) -> L {
    (weight * x).zero_where(weight.eq(x.splat(L::Elem::ZERO)))
}

/// `n - q d` without a rounding of the product.
///
/// Source: Dekker, "A floating-point technique for extending the available
/// precision" (1971).
#[inline(always)]
fn residual<W: Lanes<Elem = f64>>(n: W, q: W, d: W) -> W {
    if const { <W::Isa as Isa>::FUSED } {
        return q.neg_mul_add(d, n);
    }
    let (q1, q2) = halves(q);
    let (d1, d2) = halves(d);
    let product = q * d;
    let error = q1 * d1 - product + q1 * d2 + q2 * d1 + q2 * d2;
    n - product - error
}

/// A number as the sum of two of 26 bits.
#[inline(always)]
fn halves<W: Lanes<Elem = f64>>(x: W) -> (W, W) {
    let shifted = x * (f64::from((1u32 << 27) + 1));
    let high = shifted - (shifted - x);
    (high, x - high)
}
