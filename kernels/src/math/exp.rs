//! `e^x` and `e^x - 1`.
//!
//! # Method
//!
//! `n = round(x / ln 2)` by adding a magic number. With `ln 2` in two parts, the
//! first so short that its product with `n` is exact, `r0 = x - n ln2_hi` has no
//! rounding even without FMA, and `c = -n ln2_lo` completes `r = r0 + c`,
//! `|r| <= ln(2) / 2`. Then
//!
//! ```text
//! e^r = 1 + (r0 + (r^2 q(r) + c))
//! ```
//!
//! with a minimax polynomial `q`, so that the rounding of `r` only matters in the
//! small term. Where a quotient or a logarithm follows, `e^r - 1` stays a pair,
//! with `r^2/2` split off the polynomial and one degree more.
//! The scaling by `2^n` rounds once, also into the subnormal numbers.
//!
//! For `x <= 0` and `f32` with FMA, `n` counts eighths instead: `2^n` is a power of 2 times one
//! of eight numbers `2^(j/8)`, which the low bits of the sum with the magic number choose, and
//! two coefficients do. With FMA the product with the nearest number to `ln 2` and the
//! subtraction are exact together, as `r` is a multiple of `2^-27` below `2^-4`.
//!
//! Sources: Cody and Waite, "Software Manual for the Elementary Functions" (1980),
//! chapter 6; Tang, "Table-driven implementation of the exponential function"
//! (1989) for adding from the smallest term up, and for the table.
//!
//! # Accuracy
//!
//! Largest errors in ULP: over all inputs for `f32`, over 4 million of every
//! magnitude and at the turns of the method for `f64`.
//!
//! | | `f32` fused | not fused | `f64` fused | not fused |
//! |---|---|---|---|---|
//! | [`exp`] | 0.88 | 0.91 | 0.88 | 0.88 |
//! | [`exp_nonpositive`] | 1.21 | 1.00 | 0.97 | 0.95 |
//! | [`exp_m1`] | 0.80 | 0.80 | 0.82 | 0.82 |
//!
//! Roundings of [`exp`] add up to less than 1 ULP (of [`exp_nonpositive`] without the
//! table 1.1), counted where `e^r` is in `[sqrt(1/2), 1)` and its ULP is the smallest: the
//! last sum 1/2, the sum before it 1/4 (it is below 0.3), that of `r` 0.09 (after its
//! factor `r`), those of `r^2`, `q`, their product and the sum with `c` 0.03 each, the
//! polynomial 0.03 (`f32`; `f64` 0.02). The scaling adds less than it takes away: a
//! subnormal result errs by 1/2 and half of this.
//!
//! With the table they add up to 1.3: the last sum 1/2, and where that of the others is
//! largest, at the upper end of `2^(3/8)`, the number of the table 0.34, the polynomial 0.29,
//! the roundings of `e^r - 1` 0.06, and `r` of the square without the rest of `ln 2` 0.11
//! (near the smallest normal number; less in proportion to `x`).

use super::constants::{Math, polynomial};
use super::eft::fast_two_sum;
use crate::{Float, Isa, Lanes};

/// `e^x`, within 1 ULP, gradual underflow included.
///
/// `exp(-inf) = 0`, `exp(inf) = inf`.
#[inline(always)]
pub fn exp<L: Lanes<Elem: Math>>(x: L) -> L {
    let x = x.max_or_self(x.splat(L::Elem::EXP_MIN)).min_or_self(x.splat(L::Elem::EXP_MAX));
    let magic = x.splat(L::Elem::ROUND_MAGIC);
    let (n, r0, _) = reduce(x, magic);
    exp_reduced(n, r0).scale_by_pow2(n)
}

/// `e^x` for `x <= 0`, within 1.3 ULP, gradual underflow included.
///
/// `exp_nonpositive(-inf) = 0`, NaN for NaN; unspecified above 0.
#[inline(always)]
pub fn exp_nonpositive<L: Lanes<Elem: Math>>(x: L) -> L {
    let [_, less] = L::Elem::HALF_WAY_POW2;
    exp_raised(x) * less
}

/// `2^HALF_WAY e^x` for `x <= 0`: a normal number, which has all its digits also where
/// `e^x` is subnormal.
#[inline(always)]
pub(super) fn exp_raised<L: Lanes<Elem: Math>>(x: L) -> L {
    let x = x.max_or_self(x.splat(L::Elem::EXP_MIN));
    if let Some(constants) = eighths::<L>() {
        let magic = x.splat(L::Elem::EIGHTHS_MAGIC + L::Elem::HALF_WAY);
        return exp_by_eighths(x, None, magic, constants).0;
    }
    let (n, r0, t) = reduce(x, x.splat(L::Elem::POW2_MAGIC + L::Elem::HALF_WAY));
    exp_times(n, r0, t.low_to_exponent())
}

/// `ln 2` in two parts, and coefficients.
type Eighths<E> = ([E; 2], &'static [E]);

/// The constants of [`exp_by_eighths`], where that is faster.
#[inline(always)]
pub(super) fn eighths<L: Lanes<Elem: Math>>() -> Option<Eighths<L::Elem>> {
    if L::Isa::FUSED { L::Elem::EXP_EIGHTHS } else { None }
}

/// `e^(x + low)` times the power of 2 that `magic` adds, by a table of `2^(j/8)`, for a `low`
/// that `x` rounds off; and the magic sum.
#[inline(always)]
pub(super) fn exp_by_eighths<L: Lanes<Elem: Math>>(
    x: L,
    low: Option<L>,
    magic: L,
    ([ln2, ln2_lo], coefficients): Eighths<L::Elem>,
) -> (L, L) {
    let t = x.mul_add(x.splat(L::Elem::LOG2_E), magic);
    let n = t - magic;
    let r0 = n.neg_mul_add(x.splat(ln2), x);
    // The second part of ln 2 matters in the largest term alone.
    let r = n.neg_mul_add(x.splat(ln2_lo), low.map_or(r0, |low| r0 + low));
    let low = (r0 * r0).mul_add(polynomial(r0, coefficients), r);
    let power = t.pow2_eighths();
    (low.mul_add(power, power), t)
}

/// `e^x - 1`, within 1 ULP.
///
/// `exp_m1(±0) = ±0`, `exp_m1(-inf) = -1`, `exp_m1(inf) = inf`.
#[inline(always)]
pub fn exp_m1<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.splat(L::Elem::ONE);
    let clamped =
        x.max_or_self(x.splat(L::Elem::EXP_M1_MIN)).min_or_self(x.splat(L::Elem::EXP_MAX));
    let (n, h, l) = exp_m1_pair(clamped);
    // 2^n (1 - 2^-n + h + l), from the largest term down.
    let inverse = (-n).max_or_self(x.splat(L::Elem::ZERO_EXPONENT)).pow2();
    let (whole, whole_low) = fast_two_sum(one, -inverse);
    let (high, low) = fast_two_sum(whole, h);
    let y = (high + (low + (whole_low + l))).scale_by_pow2(n);
    // The sign of -0 was lost in the sum with the low part.
    y.or_bits(x.and_bits(x.splat(-L::Elem::ZERO)))
}

/// `(n, h, l)` with `e^x = 2^n (1 + h + l)`; `h + l` errs by 1/16 ULP of 1/2.
#[inline(always)]
pub(super) fn exp_m1_pair<L: Lanes<Elem: Math>>(x: L) -> (L, L, L) {
    let magic = x.splat(L::Elem::ROUND_MAGIC);
    let (n, r0, _) = reduce(x, magic);
    let c = rest(n);
    let (r, r_low) = fast_two_sum(r0, c);
    let square = r * r;
    let q = r * polynomial(r, L::Elem::EXP_M1);
    // The rounding error of r matters in r^2/2.
    let c = r.mul_add(r_low, c);
    let low = square.mul_add(x.splat(L::Elem::HALF), square.mul_add(q, c));
    let (h, l) = fast_two_sum(r0, low);
    (n, h, l)
}

/// `(n, r0, n + magic)` with `x = n ln 2 + r0 + rest(n)`.
#[inline(always)]
pub(super) fn reduce<L: Lanes<Elem: Math>>(x: L, magic: L) -> (L, L, L) {
    let [ln2_hi, _] = L::Elem::LN_2;
    let t = x.mul_add(x.splat(L::Elem::LOG2_E), magic);
    let n = t - magic;
    let r0 = n.neg_mul_add(x.splat(ln2_hi), x);
    (n, r0, t)
}

/// `-n` times the second part of `ln 2`.
#[inline(always)]
fn rest<L: Lanes<Elem: Math>>(n: L) -> L {
    let [_, ln2_lo] = L::Elem::LN_2;
    n * -ln2_lo
}

/// `power e^(r0 + rest(n))` for a power of 2. The rounding of `r` is not corrected, which
/// adds 1/5 ULP to the error and saves two operations of the dependent chain.
#[inline(always)]
pub(super) fn exp_times<L: Lanes<Elem: Math>>(n: L, r0: L, power: L) -> L {
    let [_, ln2_lo] = L::Elem::LN_2;
    let r = n.neg_mul_add(n.splat(ln2_lo), r0);
    let low = (r * r).mul_add(polynomial(r, L::Elem::EXP), r);
    low.mul_add(power, power)
}

/// `power e^(r0 + low + rest(n))`, like [`exp_times`].
#[inline(always)]
pub(super) fn exp_times_of_pair<L: Lanes<Elem: Math>>(n: L, r0: L, low: L, power: L) -> L {
    let [_, ln2_lo] = L::Elem::LN_2;
    let r = r0 + n.neg_mul_add(n.splat(ln2_lo), low);
    let low = (r * r).mul_add(polynomial(r, L::Elem::EXP), r);
    low.mul_add(power, power)
}

/// `e^(r0 + rest(n))`
#[inline(always)]
fn exp_reduced<L: Lanes<Elem: Math>>(n: L, r0: L) -> L {
    let c = rest(n);
    let r = r0 + c;
    let low = (r * r).mul_add(polynomial(r, L::Elem::EXP), c);
    r.splat(L::Elem::ONE) + (r0 + low)
}
