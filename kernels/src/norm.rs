//! Euclidean norms that neither overflow nor underflow.
//!
//! Squares of `f32` are exact in `f64`, so the root of their sum is the norm. So it
//! is for `f64` while the sum is in the middle of the range. Elsewhere, which is rare, the
//! elements are scaled by a power of 2 and squared again.

use crate::{Float, Lanes, Mask};

/// A norm, `root * 2^exponent`: it may lie outside the range of `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Norm {
    /// Not negative; NaN if an element is.
    pub root: f64,
    /// 0 unless the sum of squares is out of range.
    pub exponent: i32,
}

/// The least sum of squares that is taken as it is: underflow takes at most 2^-1075 of each of
/// 2^32 squares, which is 2^-83 of this sum.
const LEAST_SUM: f64 = f64::from_bits((1023 - 960) << 52);

/// Whether `f64` holds the squares of `E` exactly: known at compile time.
#[inline(always)]
fn has_exact_squares<E: Float>() -> bool {
    let least = E::MIN_POSITIVE.to_f64();
    least * least > 0.0
}

/// Whether the root of this plain sum of squares of `E` is the norm to full accuracy.
#[inline(always)]
pub(crate) fn in_range<E: Float>(sum: f64) -> bool {
    has_exact_squares::<E>() || (LEAST_SUM..f64::INFINITY).contains(&sum)
}

/// Whether each lane is [`in_range`], or has nothing but zeros: `any`, the union of its elements'
/// bits, is 0.
#[inline(always)]
pub(crate) fn all_in_range<E: Float, W: Lanes<Elem = f64>>(sum: W, any: W) -> bool {
    if has_exact_squares::<E>() {
        return true;
    }
    let inside = sum.ge(sum.splat(LEAST_SUM)) & sum.lt(sum.splat(f64::INFINITY));
    !(!(inside | any.eq(any.splat(0.0)))).any()
}

impl Norm {
    /// The norm of all `parts` together, whose squares sum to `sum`.
    #[must_use]
    pub fn of<'a, E: Float>(sum: f64, parts: impl Iterator<Item = &'a [E]> + Clone) -> Self {
        if in_range::<E>(sum) {
            return Norm { root: libm::sqrt(sum), exponent: 0 };
        }
        scaled(parts)
    }

    /// Rounded to `f64`: infinite or 0 where it is out of range.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        libm::scalbn(self.root, self.exponent)
    }

    /// `x` in units of `2^exponent`, so that it compares with `root`.
    #[must_use]
    pub fn unscaled(self, x: f64) -> f64 {
        if self.exponent == 0 { x } else { libm::scalbn(x, -self.exponent) }
    }
}

/// The sum of `unit * other`, where `unit` runs along the vector `x` of this norm, whatever its
/// exponent.
#[inline(always)]
pub(crate) fn dot_with_unit<E: Float>(x: &[E], norm: Norm, other: &[E]) -> f64 {
    let mut dot = 0.0;
    for (x, other) in x.iter().zip(other) {
        dot += norm.unscaled(x.to_f64()) / norm.root * other.to_f64();
    }
    dot
}

/// Replaces each `y` by `formula(unit, y)`, where `unit` runs along the vector `x` of this norm,
/// whatever its exponent.
#[inline(always)]
pub(crate) fn update_by_unit<E: Float>(
    x: &[E],
    norm: Norm,
    y: &mut [E],
    formula: impl Fn(f64, E) -> E,
) {
    for (x, y) in x.iter().zip(y) {
        *y = formula(norm.unscaled(x.to_f64()) / norm.root, *y);
    }
}

/// The norm of elements that were scaled by the largest one's power of 2.
#[cold]
pub(crate) fn scaled<'a, E: Float>(parts: impl Iterator<Item = &'a [E]> + Clone) -> Norm {
    let mut largest = 0f64;
    for x in parts.clone().flatten() {
        let size = x.to_f64().abs();
        if size.is_nan() {
            return Norm { root: size, exponent: 0 };
        }
        largest = largest.max(size);
    }
    if largest == 0.0 || largest == f64::INFINITY {
        return Norm { root: largest, exponent: 0 };
    }
    let exponent = libm::ilogb(largest);
    // The rounding errors of the additions are added at the end (Neumaier, 1974): few roundings
    // affect any one term, however many there are.
    let (mut sum, mut lost) = (0.0, 0.0);
    for x in parts.flatten() {
        let x = libm::scalbn(x.to_f64(), -exponent);
        let square = x * x;
        let next = sum + square;
        lost += if sum >= square { (sum - next) + square } else { (square - next) + sum };
        sum = next;
    }
    Norm { root: libm::sqrt(sum + lost), exponent }
}
