//! `ln(1 + e^x)`.

use super::constants::Math;
use super::exp::exp_m1_pair;
use super::ln::ln_split;
use super::pair::fast_two_sum;
use crate::{Float, Lanes};

/// `ln(1 + e^x)`, within 1 ULP.
#[inline(always)]
pub fn softplus<L: Lanes<Elem: Math>>(x: L) -> L {
    let (zero, one) = (x.same(L::Elem::ZERO), x.same(L::Elem::ONE));
    let a = x.abs().neg().max_or_self(x.same(L::Elem::EXP_MIN));
    let (n, h, l) = exp_m1_pair(a);
    let (p, p_low) = fast_two_sum(one, h);
    let p_low = p_low.add(l);
    // The low part vanishes where the high part is subnormal.
    let scale = n.max_or_self(x.same(L::Elem::MIN_EXPONENT)).pow2();
    let e = p.scale_by_pow2(n);

    let (u, u_low) = fast_two_sum(one, e);
    let u_low = p_low.mul_add(scale, u_low);
    let above = u.gt(x.same(L::Elem::SQRT_HALF).mul(x.same(L::Elem::TWO)));
    let m = L::select(above, u.mul(x.same(L::Elem::HALF)), u);
    let k = L::select(above, one, zero);
    let twice = u_low.mul(L::select(above, one, x.same(L::Elem::TWO)));
    let (high, low, s, z) = ln_split(k, m);
    let low = low.add(twice.mul(z.sub(s).add(x.same(L::Elem::HALF))));

    let linear = x.max_or_self(zero);
    let (sum, sum_low) = fast_two_sum(linear.max_or_self(high), high.min_or_self(linear));
    let y = sum.add(sum_low.add(low));
    // From here on ln(1 + e^x) rounds to x; also infinity and NaN.
    L::select(x.lt(x.same(L::Elem::SOFTPLUS_MAX)), y, x)
}
