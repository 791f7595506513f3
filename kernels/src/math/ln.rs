//! `ln x` and `ln(1 + x)`.

use super::constants::{Math, polynomial};
use crate::{Float, Lanes};

/// `(high, low, s, s^2)` with `k ln 2 + ln m = high + low`, for `m` between
/// `sqrt(1/2)` and `sqrt(2)`.
#[inline(always)]
pub(super) fn ln_split<L: Lanes<Elem: Math>>(k: L, m: L) -> (L, L, L, L) {
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let one = m.same(L::Elem::ONE);
    let f = m.sub(one);
    let s = f.div(f.add(m.same(L::Elem::TWO)));
    let z = s.mul(s);
    let rest = z.mul(polynomial(z, L::Elem::LN));
    let half = f.mul(f).mul(m.same(L::Elem::HALF));

    let whole = k.mul(m.same(ln2_hi));
    let high = whole.add(f);
    let low = k.mul_add(m.same(ln2_lo), f.sub(high.sub(whole)));
    let low = s.mul_add(half.add(rest), low).sub(half);
    (high, low, s, z)
}

/// `(t, k + offset as low bits, m)`
#[inline(always)]
fn split<L: Lanes<Elem: Math>>(x: L) -> (L, L) {
    let t = x.sub_bits(x.same(L::Elem::SQRT_HALF_FRACTION));
    let m = t
        .and_bits(x.same(L::Elem::FRACTION))
        .add_bits(x.same(L::Elem::SQRT_HALF));
    (t, m)
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
    let magic = L::select(
        subnormal,
        x.same(L::Elem::LN_MAGIC_SUBNORMAL),
        x.same(L::Elem::LN_MAGIC),
    );
    let (t, m) = split(normal);
    let k = t
        .exponent_to_low()
        .add_bits(x.same(L::Elem::ROUND_MAGIC))
        .sub(magic);
    let (high, low, ..) = ln_split(k, m);
    special(x, high.add(low))
}

/// `ln(1 + x)`, within 1 ULP.
#[inline(always)]
pub fn ln_1p<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.same(L::Elem::ONE);
    let (large, small) = (x.max_or_self(one), x.min_or_self(one));
    let u = large.add(small);
    let e = small.sub(u.sub(large));
    let (t, m) = split(u);
    let k = t
        .exponent_to_low()
        .add_bits(x.same(L::Elem::ROUND_MAGIC))
        .sub(x.same(L::Elem::LN_MAGIC));
    // Twice 2^-k, which is 0 rather than out of range for the largest k.
    let fraction = t.and_bits(x.same(L::Elem::FRACTION));
    let scale = x.same(L::Elem::MAX_POW2).add_bits(fraction).sub_bits(t);
    let twice = e.mul(scale);
    let (high, low, s, z) = ln_split(k, m);
    let low = low.add(twice.mul(z.sub(s).add(x.same(L::Elem::HALF))));
    let y = special(u, high.add(low));
    y.or_bits(x.and_bits(x.same(-L::Elem::ZERO)))
}

/// `ln(1 + x)` for `0 <= x <= 1`.
#[inline(always)]
pub fn ln_1p_unit<L: Lanes<Elem: Math>>(x: L) -> L {
    ln_1p(x)
}
