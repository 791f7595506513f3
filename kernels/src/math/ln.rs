//! `ln x` and `ln(1 + x)`.

use super::constants::{Math, polynomial};
use super::pair::fast_two_sum;
use crate::{Float, Lanes};

/// `(high, low)` with `shift + shift_low + ln(1 + f + twice / 2) = high + low`,
/// for `|f| <= |shift|` or `shift = 0`, and `twice` below the last place of `1 + f`.
#[inline(always)]
fn ln_reduced<L: Lanes<Elem: Math>>(
    (f, twice): (L, Option<L>),
    (shift, shift_low): (L, L),
    coefficients: &[L::Elem],
) -> (L, L) {
    let half = f.same(L::Elem::HALF);
    let s = f.div(f.add(f.same(L::Elem::TWO)));
    let z = s.mul(s);
    let rest = z.mul(polynomial(z, coefficients));
    let f_half = f.mul(half);
    let (high, low) = fast_two_sum(shift, f);
    let mut low = s.mul_add(f_half.mul_add(f, rest), low.add(shift_low));
    if let Some(twice) = twice {
        // 1 / (1 + f) = (1 - s) / (1 + s) = 1 - 2 s + 2 s^2 - ..., to two digits.
        low = twice.mul_add(z.sub(s).add(half), low);
    }
    // The largest term last.
    (high, f_half.neg_mul_add(f, low))
}

/// `t`, whose exponent field is that of `x / sqrt(1/2)` plus the offset of
/// [`Math::LN_MAGIC`], and `m - 1` with `x = 2^k m`.
#[inline(always)]
fn split<L: Lanes<Elem: Math>>(x: L) -> (L, L) {
    let t = x.sub_bits(x.same(L::Elem::SQRT_HALF_FRACTION));
    let m = t.and_bits(x.same(L::Elem::FRACTION)).add_bits(x.same(L::Elem::SQRT_HALF));
    (t, m.sub(x.same(L::Elem::ONE)))
}

/// `k ln 2`, the first part exact, for [`split`]'s `t`.
#[inline(always)]
fn shift<L: Lanes<Elem: Math>>(t: L, magic: L) -> (L, L) {
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let k = t.exponent_to_low().add_bits(t.same(L::Elem::ROUND_MAGIC)).sub(magic);
    (k.mul(t.same(ln2_hi)), k.mul(t.same(ln2_lo)))
}

/// The results that the formula can't give.
#[inline(always)]
fn special<L: Lanes<Elem: Math>>(x: L, y: L) -> L {
    let zero = x.same(L::Elem::ZERO);
    let infinity = x.same(L::Elem::INFINITY);
    let y = L::select(x.lt(infinity), y, x);
    let outside = L::select(x.eq(zero), infinity.neg(), x.same(L::Elem::NAN));
    L::select(x.le(zero), outside, y)
}

/// `ln x`, within 1 ULP.
#[inline(always)]
pub fn ln<L: Lanes<Elem: Math>>(x: L) -> L {
    let subnormal = x.lt(x.same(L::Elem::MIN_POSITIVE));
    let normal = L::select(subnormal, x.mul(x.same(L::Elem::NORMALIZE)), x);
    let magic =
        L::select(subnormal, x.same(L::Elem::LN_MAGIC_SUBNORMAL), x.same(L::Elem::LN_MAGIC));
    let (t, f) = split(normal);
    let (high, low) = ln_reduced((f, None), shift(t, magic), L::Elem::LN);
    special(x, high.add(low))
}

/// `ln(1 + x)`, within 1 ULP.
#[inline(always)]
pub fn ln_1p<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.same(L::Elem::ONE);
    let (u, u_low) = fast_two_sum(x.max_or_self(one), x.min_or_self(one));
    let (t, f) = split(u);
    // Twice 2^-k, which is 0 rather than out of range for the largest k.
    let exponent = t.sub_bits(t.and_bits(x.same(L::Elem::FRACTION)));
    let twice = u_low.mul(x.same(L::Elem::MAX_POW2).sub_bits(exponent));
    let magic = x.same(L::Elem::LN_MAGIC);
    let (high, low) = ln_reduced((f, Some(twice)), shift(t, magic), L::Elem::LN);
    let y = special(u, high.add(low));
    y.or_bits(x.and_bits(x.same(-L::Elem::ZERO)))
}

/// `ln(1 + e)` for `0 <= e <= 1`, within 1 ULP.
#[inline(always)]
pub fn ln_1p_unit<L: Lanes<Elem: Math>>(e: L) -> L {
    let cube = e.mul(e).mul(e);
    let rest = cube.mul(polynomial(e, L::Elem::LN_1P_UNIT));
    e.add(e.mul(e.same(L::Elem::HALF)).neg_mul_add(e, rest))
}

/// `ln(1 + e + e_low)` as a pair, for `0 <= e <= 1`.
#[inline(always)]
pub(super) fn ln_1p_unit_pair<L: Lanes<Elem: Math>>(e: L, e_low: Option<L>) -> (L, L) {
    // Not `array::map`: its closure is compiled without the caller's features.
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let (ln2_hi, ln2_lo) = (e.same(ln2_hi), e.same(ln2_lo));
    let (zero, half) = (e.same(L::Elem::ZERO), e.same(L::Elem::HALF));
    let (one, two) = (e.same(L::Elem::ONE), e.same(L::Elem::TWO));
    // Above 1/2, half of 1 + e is nearer to 1; either way f has no rounding.
    let above = e.gt(half);
    let f = L::select(above, e.mul(half).sub(half), e);
    let shift = (L::select(above, ln2_hi, zero), L::select(above, ln2_lo, zero));
    let twice = e_low.map(
        #[inline(always)]
        |low| low.mul(L::select(above, one, two)),
    );
    ln_reduced((f, twice), shift, L::Elem::LN_UNIT)
}
