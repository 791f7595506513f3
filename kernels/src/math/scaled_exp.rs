//! Exponentials of a row, all times one factor that keeps the largest near 1.
//!
//! # Method
//!
//! A softmax needs `e^x_j` up to a common factor. The usual `e^(x_j - m)`, with
//! `m = max x`, rounds the difference, and the exponential amplifies that: an ULP
//! for each unit of the difference. Here `x = n ln 2 + r` is reduced by itself, as
//! in [`exp`](super::exp()), and the exponent of the largest is subtracted from
//! `n`: nothing rounds that did not before, at no cost. For `f32` with FMA `n` counts
//! eighths, and a table of `2^(j/8)` spares three coefficients. Only where
//! `m` is so large that the reduction would not be exact is it subtracted first;
//! there every difference that matters is exact (Sterbenz, "Floating-point
//! computation", 1974), for `x` and `m` are within a factor of 2.
//!
//! A power of 2 on top keeps shares of the largest normal that are subnormal in
//! themselves, so that the quotient underflows gradually with one rounding.
//!
//! # Accuracy
//!
//! Largest errors in ULP where the largest element is 0: over all elements for `f32`,
//! over those of the tests for `f64`; differences from the largest of up to 104 (`f32`)
//! or 700 (`f64`) are exact.
//!
//! | | `f32` fused | not fused | `f64` fused | not fused |
//! |---|---|---|---|---|
//! | [`ScaledExp::exp`] | 1.21 | 1.00 | 0.97 | 0.95 |
//!
//! Roundings add up to 1.1 ULP: those of [`exp`](super::exp()), and 1/5 for `r`; with the
//! table to 1.4: those of [`exp_nonpositive`](super::exp_nonpositive), where elements beyond
//! 104 count the rest of `ln 2` twice.

use super::constants::Math;
use super::exp::{eighths, exp_by_eighths, exp_times, exp_times_of_pair, reduce};
use crate::{Float, Lanes, Mask, select};

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
        let zero = largest.splat(L::Elem::ZERO);
        let direct = (largest - middle).abs().le(largest.splat(reach));
        let magic = largest.splat(L::Elem::ROUND_MAGIC);
        let x = select(direct, largest, zero);
        let n = x.mul_add(x.splat(L::Elem::LOG2_E), magic) - magic;
        Self {
            centre: select(direct, zero, largest),
            magic: largest.splat(magic_of::<L>() + L::Elem::SCALE) - n,
        }
    }

    /// The instruction set.
    #[inline(always)]
    pub(crate) fn isa(self) -> L::Isa {
        self.magic.isa()
    }

    /// Whether elements need no subtraction first: no row is far from 0.
    #[inline(always)]
    pub fn is_direct(self) -> bool {
        !(!self.centre.eq(self.centre.splat(L::Elem::ZERO))).any()
    }

    /// `x`, or its difference from the largest where that has to be reduced.
    #[inline(always)]
    pub fn reducible(self, x: L) -> L {
        x - self.centre
    }

    /// `e^x` times the factor, for `x` up to the largest; 0 where the share of the
    /// largest is less than half the smallest number. NaN for NaN.
    #[inline(always)]
    pub fn exp(self, x: L) -> L {
        self.exp_reducible(self.reducible(x))
    }

    /// [`exp`](Self::exp) of what [`reducible`](Self::reducible) gives.
    #[inline(always)]
    pub fn exp_reducible(self, x: L) -> L {
        if let Some(constants) = eighths::<L>() {
            return kept(exp_by_eighths(x, None, self.magic, constants));
        }
        let (n, r0, t) = reduce(x, self.magic);
        kept((exp_times(n, r0, t.low_to_exponent()), t))
    }

    /// `e^(x + low)` times the factor of a row whose largest is 0, for `x <= 0`: `low` is what
    /// `x` rounds off.
    #[inline(always)]
    pub(crate) fn exp_of_pair(self, x: L, low: L) -> L {
        if let Some(constants) = eighths::<L>() {
            return kept(exp_by_eighths(x, Some(low), self.magic, constants));
        }
        let (n, r0, t) = reduce(x, self.magic);
        kept((exp_times_of_pair(n, r0, low, t.low_to_exponent()), t))
    }
}

/// The magic number that adds the exponent field of 1.
#[inline(always)]
fn magic_of<L: Lanes<Elem: Math>>() -> L::Elem {
    if eighths::<L>().is_some() { L::Elem::EIGHTHS_MAGIC } else { L::Elem::POW2_MAGIC }
}

/// An exponential, or 0 where its magic sum has no exponent of a normal number.
#[inline(always)]
fn kept<L: Lanes<Elem: Math>>((e, t): (L, L)) -> L {
    let least = magic_of::<L>() + (L::Elem::LEAST_POW2 - L::Elem::POW2_MAGIC);
    e.zero_where(t.lt(e.splat(least)))
}
