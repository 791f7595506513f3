//! `e^x` and `e^x - 1`.

use super::constants::{Math, polynomial};
use super::pair::fast_two_sum;
use crate::{Float, Lanes};

/// `(r0, c, n + magic)` with `x = n ln 2 + (r0 + c)`.
#[inline(always)]
fn reduce<L: Lanes<Elem: Math>>(x: L, magic: L::Elem) -> (L, L, L) {
    let [ln2_hi, ln2_lo] = L::Elem::LN_2;
    let magic = x.same(magic);
    let t = x.mul_add(x.same(L::Elem::LOG2_E), magic);
    let n = t.sub(magic);
    let r0 = n.neg_mul_add(x.same(ln2_hi), x);
    (r0, n.mul(x.same(-ln2_lo)), t)
}

/// `e^(r0 + c)`
#[inline(always)]
fn exp_reduced<L: Lanes<Elem: Math>>(r0: L, c: L) -> L {
    let r = r0.add(c);
    let q = polynomial(r, L::Elem::EXP);
    let low = r.mul(r).mul_add(q, c);
    r.same(L::Elem::ONE).add(r0.add(low))
}

/// `e^x`, within 1 ULP.
#[inline(always)]
pub fn exp<L: Lanes<Elem: Math>>(x: L) -> L {
    let x = x.max_or_self(x.same(L::Elem::EXP_MIN)).min_or_self(x.same(L::Elem::EXP_MAX));
    let magic = L::Elem::ROUND_MAGIC;
    let (r0, c, t) = reduce(x, magic);
    exp_reduced(r0, c).scale_by_pow2(t.sub(x.same(magic)))
}

/// `e^x` for `x <= 0`, within 1 ULP; 0 where the result would be subnormal.
#[inline(always)]
pub fn exp_nonpositive<L: Lanes<Elem: Math>>(x: L) -> L {
    let (r0, c, t) = reduce(x, L::Elem::POW2_MAGIC);
    let y = exp_reduced(r0, c).mul(t.low_to_exponent());
    L::select(x.lt(x.same(L::Elem::EXP_NORMAL)), x.same(L::Elem::ZERO), y)
}

/// `(n, h, l)` with `e^x = 2^n (1 + h + l)`: `h + l` is nearly twice as long as
/// a number, relative to 1.
#[inline(always)]
pub(super) fn exp_m1_pair<L: Lanes<Elem: Math>>(x: L) -> (L, L, L) {
    let magic = L::Elem::ROUND_MAGIC;
    let (r0, c, t) = reduce(x, magic);
    let r = r0.add(c);
    let square = r.mul(r);
    let rest = r.mul(polynomial(r, L::Elem::EXP_M1));
    // r^2 / 2 has no rounding but that of the square.
    let low = square.mul_add(x.same(L::Elem::HALF), square.mul_add(rest, c));
    let (h, l) = fast_two_sum(r0, low);
    (t.sub(x.same(magic)), h, l)
}

/// `e^x - 1`, within 1 ULP.
#[inline(always)]
pub fn exp_m1<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.same(L::Elem::ONE);
    let clamped = x.max_or_self(x.same(L::Elem::EXP_M1_MIN)).min_or_self(x.same(L::Elem::EXP_MAX));
    let (n, h, l) = exp_m1_pair(clamped);
    // 2^n (1 - 2^-n + h + l), from the largest term down.
    let inverse = n.neg().max_or_self(x.same(L::Elem::ZERO_EXPONENT)).pow2();
    let (whole, whole_low) = fast_two_sum(one, inverse.neg());
    let (high, low) = fast_two_sum(whole, h);
    let y = high.add(low.add(whole_low.add(l))).scale_by_pow2(n);
    y.or_bits(x.and_bits(x.same(-L::Elem::ZERO)))
}
