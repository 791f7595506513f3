//! `1 / (1 + e^-x)`.

use super::constants::Math;
use super::exp::exp_m1_pair;
use super::pair::{divide, fast_two_sum};
use crate::{Float, Lanes};

/// The logistic function, within 1 ULP.
#[inline(always)]
pub fn sigmoid<L: Lanes<Elem: Math>>(x: L) -> L {
    let one = x.same(L::Elem::ONE);
    let a = x.abs().neg().max_or_self(x.same(L::Elem::EXP_MIN));
    let (n, h, l) = exp_m1_pair(a);
    let (p, p_low) = fast_two_sum(one, h);
    let p_low = p_low.add(l);
    // 2^n, or so small that it does not change the denominator.
    let scale = n.max_or_self(x.same(L::Elem::ZERO_EXPONENT)).pow2();
    let (d, d_low) = fast_two_sum(one, p.mul(scale));
    let d_low = p_low.mul_add(scale, d_low);
    let lower = divide((p, p_low), (d, d_low)).scale_by_pow2(n);
    L::select(x.lt(x.same(L::Elem::ZERO)), lower, one.sub(lower))
}
