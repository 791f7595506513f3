//! `ln x` and `ln(1 + x)`.
//!
//! # Method
//!
//! `x = 2^k m` with `m` in `[sqrt(1/2), sqrt(2))`, split by integer operations on
//! the pattern, `f = m - 1` (exact) and `s = f / (2 + f)`; then
//!
//! ```text
//! ln m = 2 atanh s = f - f^2/2 + s (f^2/2 + s^2 R(s^2))
//! ```
//!
//! with a minimax polynomial `R`: the large terms carry no error of the quotient.
//! `k ln 2` comes in two parts, the first exact, and its sum with `f` keeps its
//! rounding error. `ln(1 + x)` splits `u = 1 + x` and adds `(1 + x - u) / u`,
//! exact but for the quotient, of which a few bits count.
//!
//! On `[0, 1]` no split is needed: `ln(1 + e) = e - s (e - s^2 R(s^2))` with
//! `s = e / (2 + e)`, which is at most 1/3. What is subtracted is less than half of the
//! result, and vanishes with `e`.
//!
//! Sources: the split and the form with `f^2/2` are those of K. C. Ng in fdlibm
//! (1993); Muller, "Elementary Functions" (3rd edition, 2016), sections 4 and 11.
//!
//! # Accuracy
//!
//! Largest errors in ULP: over all inputs for `f32`, over 4 million of every
//! magnitude and at the turns of the method for `f64` (one million for [`ln_1p_unit`]).
//!
//! | | `f32` fused | not fused | `f64` fused | not fused |
//! |---|---|---|---|---|
//! | [`ln`] | 0.72 | 0.83 | 0.74 | 0.84 |
//! | [`ln_1p`] | 0.88 | 0.88 | 0.88 | 0.88 |
//! | [`ln_1p_unit`] | 1.08 | 1.32 | 1.04 | 1.27 |
//!
//! Roundings add up to less than 1 ULP: the last sum 1/2; `f^2/2`, where not
//! fused, and the sum of the low terms 1/8 each, since `|ln m|` exceeds four
//! times either; all others together, the polynomial's error included, 1/8.
//!
//! Those of [`ln_1p_unit`] add up to 1.18, largest just below a result of 1/2: the last sum
//! 1/2, the factor of the quotient 1/4, `2 + e` 0.22, the quotient 0.15, the
//! polynomial 0.06; not fused, the product with the quotient 1/4 more.

use super::constants::{Math, polynomial};
use super::eft::fast_two_sum;
use crate::{Float, Lanes, select};

/// `ln x`, within 1 ULP.
///
/// Subnormal numbers count like any other. `ln(±0) = -inf`, `ln(inf) = inf`; NaN
/// below 0.
#[inline(always)]
pub fn ln<L: Lanes<Elem: Math>>(x: L) -> L {
    let subnormal = x.lt(x.splat(L::Elem::MIN_POSITIVE));
    let normal = select(subnormal, x * L::Elem::NORMALIZE, x);
    let offset =
        select(subnormal, x.splat(L::Elem::LN_OFFSET_SUBNORMAL), x.splat(L::Elem::LN_OFFSET));
    let (t, f) = split(normal);
    let (high, low) = ln_reduced((f, None), exponent(t, offset), L::Elem::LN);
    special(x, high + low)
}

/// `ln(1 + x)`, within 1 ULP.
///
/// `ln_1p(±0) = ±0`, `ln_1p(-1) = -inf`, `ln_1p(inf) = inf`; NaN below -1.
#[inline(always)]
pub fn ln_1p<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.splat(L::Elem::ONE);
    let (u, u_low) = fast_two_sum(x.max_or_self(one), x.min_or_self(one));
    let (t, f) = split(u);
    // 2^(1 - k): 0, rather than out of range, for the largest k.
    let power = t.sub_bits(t.and_bits(x.splat(L::Elem::FRACTION)));
    let twice = u_low * x.splat(L::Elem::MAX_POW2).sub_bits(power);
    let k = exponent(t, x.splat(L::Elem::LN_OFFSET));
    let (high, low) = ln_reduced((f, Some(twice)), k, L::Elem::LN);
    let y = special(u, high + low);
    // The sign of -0 was lost in the sum with the correction.
    y.or_bits(x.and_bits(x.splat(-L::Elem::ZERO)))
}

/// `ln(1 + e)` for `0 <= e <= 1`, within 1.2 ULP, not fused 1.5; NaN for NaN,
/// unspecified elsewhere.
#[inline(always)]
pub fn ln_1p_unit<L: Lanes<Elem: Math>>(e: L) -> L {
    ln_1p_of_quotient(e, e / (e + L::Elem::TWO))
}

/// [`ln_1p_unit`], given `s = e / (2 + e)`.
#[inline(always)]
pub(super) fn ln_1p_of_quotient<L: Lanes<Elem: Math>>(e: L, s: L) -> L {
    let z = s * s;
    s.mul_add(polynomial(z, L::Elem::LN_1P_UNIT).mul_add(z, -e), e)
}

/// `ln(1 + e + e_low)` as a pair, for `0 <= e <= 1`.
#[inline(always)]
pub(super) fn ln_1p_unit_pair<L: Lanes<Elem: Math>>(e: L, e_low: Option<L>) -> (L, L) {
    // Not `array::map`: its closure is compiled without the caller's features.
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let (ln2_hi, ln2_lo) = (e.splat(ln2_hi), e.splat(ln2_lo));
    let (zero, half) = (e.splat(L::Elem::ZERO), e.splat(L::Elem::HALF));
    let (one, two) = (e.splat(L::Elem::ONE), e.splat(L::Elem::TWO));
    // Above 1/2, half of 1 + e is nearer to 1; either way f has no rounding.
    let above = e.gt(half);
    let f = select(above, e * half - half, e);
    let k = (select(above, ln2_hi, zero), select(above, ln2_lo, zero));
    #[allow(clippy::manual_map)] // a closure would be compiled without the caller's features
    let twice = match e_low {
        Some(low) => Some(low * select(above, one, two)),
        None => None,
    };
    ln_reduced((f, twice), k, L::Elem::LN_UNIT)
}

/// `(high, low)` with `k + k_low + ln(1 + f + twice / 2) = high + low`, for
/// `|f| <= |k|` or `k = 0`, and `twice` about the last place of `1 + f`.
#[inline(always)]
fn ln_reduced<L: Lanes<Elem: Math>>(
    (f, twice): (L, Option<L>),
    (k, k_low): (L, L),
    coefficients: &[L::Elem],
) -> (L, L) {
    let half = f.splat(L::Elem::HALF);
    let s = f / (f + L::Elem::TWO);
    let z = s * s;
    let rest = z * polynomial(z, coefficients);
    let f_half = f * half;
    let (high, low) = fast_two_sum(k, f);
    let mut low = s.mul_add(f_half.mul_add(f, rest), low + k_low);
    if let Some(twice) = twice {
        // 1 / (1 + f) = (1 - s) / (1 + s) = 1 - 2 s + 2 s^2 - ..., to two digits.
        low = twice.mul_add(z - s + half, low);
    }
    // The largest term last.
    (high, f_half.neg_mul_add(f, low))
}

/// For `x = 2^k m`, `t` with `k` plus the exponent field of 1/2 in its exponent
/// field and the fraction that makes `m`; and `m - 1`.
#[inline(always)]
fn split<L: Lanes<Elem: Math>>(x: L) -> (L, L) {
    let t = x.sub_bits(x.splat(L::Elem::SQRT_HALF_FRACTION));
    let m = t.and_bits(x.splat(L::Elem::FRACTION)).add_bits(x.splat(L::Elem::SQRT_HALF));
    (t, m - L::Elem::ONE)
}

/// `k ln 2`, the first part exact, for [`split`]'s `t`.
#[inline(always)]
fn exponent<L: Lanes<Elem: Math>>(t: L, offset: L) -> (L, L) {
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let k = t.exponent_to_low().add_bits(t.splat(L::Elem::ROUND_MAGIC)) - offset;
    (k * ln2_hi, k * ln2_lo)
}

/// `y`, or the value of `ln x` where the formula does not hold.
#[inline(always)]
fn special<L: Lanes<Elem: Math>>(x: L, y: L) -> L {
    let zero = x.splat(L::Elem::ZERO);
    let infinity = x.splat(L::Elem::INFINITY);
    // Infinity and NaN are their own logarithms.
    let y = select(x.lt(infinity), y, x);
    let outside = select(x.eq(zero), -infinity, x.splat(L::Elem::NAN));
    select(x.le(zero), outside, y)
}
