//! Exponentials of a row, all times one factor that keeps the largest near 1.
//!
//! # Method
//!
//! A softmax needs `e^x_j` up to a common factor. The usual `e^(x_j - m)`, with
//! `m = max x`, rounds the difference, and the exponential amplifies that: an ULP
//! for each unit of the difference. Here `x = n ln 2 + r` is reduced by itself, as
//! in [`exp`](super::exp()), and the exponent of the largest is subtracted from
//! `n`, an integer: nothing rounds that did not before, at no cost. Only where
//! `m` is so large that the reduction would not be exact is it subtracted first;
//! there every difference that matters is exact (Sterbenz, "Floating-point
//! computation", 1974), for `x` and `m` are within a factor of 2.
//!
//! A power of 2 on top keeps shares of the largest normal that are subnormal in
//! themselves, so that the quotient underflows gradually with one rounding.
//!
//! # Accuracy
//!
//! That of [`exp_nonpositive`](super::exp_nonpositive); differences from the
//! largest of up to 104 (`f32`) or 700 (`f64`) are exact.

use super::constants::Math;
use super::exp::{exp_reduced, reduce};
use crate::{Float, Lanes};

/// The factor of a row.
#[derive(Clone, Copy, Debug)]
pub struct ScaledExp<L> {
    centre: L,
    magic: L,
}

impl<L: Lanes<Elem: Math>> ScaledExp<L> {
    /// For rows whose largest elements are given. Infinity and NaN make every
    /// exponential of the row NaN.
    #[inline(always)]
    pub fn new(largest: L) -> Self {
        let [middle, reach] = L::Elem::DIRECT;
        let zero = largest.same(L::Elem::ZERO);
        let direct = largest.sub(largest.same(middle)).abs().le(largest.same(reach));
        let magic = largest.same(L::Elem::ROUND_MAGIC);
        let x = L::select(direct, largest, zero);
        let n = x.mul_add(x.same(L::Elem::LOG2_E), magic).sub(magic);
        Self {
            centre: L::select(direct, zero, largest),
            magic: largest.same(L::Elem::SCALED_MAGIC).sub(n),
        }
    }

    /// `e^x` times the factor, for `x` up to the largest; 0 where the share of the
    /// largest is less than half the smallest number. NaN for NaN.
    #[inline(always)]
    pub fn exp(self, x: L) -> L {
        let (r0, c, t) = reduce(x.sub(self.centre), self.magic);
        // A product, not a sum of patterns, so that NaN stays NaN.
        let y = exp_reduced(r0, c).mul(t.low_to_exponent());
        y.zero_where(t.lt(x.same(L::Elem::LEAST_POW2)))
    }
}
