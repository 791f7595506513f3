//! Numbers as unevaluated sums of two registers, for steps where one more rounding would
//! exceed the error bound.
//!
//! Sources: Dekker, "A floating-point technique for extending the available
//! precision" (1971); Knuth, "The Art of Computer Programming", volume 2, section 4.2.2.

use super::constants::Math;
use crate::{Float, Isa, Lanes};
use core::ops::{Add, Div, Sub};

/// A number, or a register of them.
pub(crate) trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Div<Output = Self>
{
}

impl<T: Copy + Add<Output = T> + Sub<Output = T> + Div<Output = T>> Number for T {}

/// `a + b` as its rounded value and the exact error (Knuth).
#[inline(always)]
pub(crate) fn two_sum<T: Number>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let added = sum - a;
    (sum, (a - (sum - added)) + (b - added))
}

/// The same for `|a| >= |b|` or `a = 0` (Dekker).
#[inline(always)]
pub(crate) fn fast_two_sum<T: Number>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `(n + n_low) / (d + d_low)`, rounded once from an error that is small against
/// the last place.
#[inline(always)]
pub(super) fn divide<L: Lanes<Elem: Math>>((n, n_low): (L, L), (d, d_low): (L, L)) -> L {
    let inverse = n.splat(L::Elem::ONE) / d;
    let q = n * inverse;
    let rest = residual(n, q, d) + q.neg_mul_add(d_low, n_low);
    rest.mul_add(inverse, q)
}

/// `n - q d` for `q` within a few ULP of `n / d`: exact with FMA, and without but
/// for a rounding of the smallest of four products.
#[inline(always)]
pub(crate) fn residual<L: Lanes<Elem: Math>>(n: L, q: L, d: L) -> L {
    if L::Isa::FUSED {
        return q.neg_mul_add(d, n);
    }
    // Halves short enough for exact products, from the largest down.
    let upper = n.splat(L::Elem::UPPER_HALF);
    let (q_hi, d_hi) = (q.and_bits(upper), d.and_bits(upper));
    let (q_lo, d_lo) = (q - q_hi, d - d_hi);
    n - q_hi * d_hi - q_hi * d_lo - q_lo * d
}
