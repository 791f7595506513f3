//! `ln(1 + e^x)`.

use super::constants::Math;
use super::exp::exp_m1_pair;
use super::ln::ln_1p_unit_pair;
use super::pair::fast_two_sum;
use crate::{Float, Lanes};

/// `ln(1 + e^x)`, within 1 ULP.
#[inline(always)]
pub fn softplus<L: Lanes<Elem: Math>>(x: L) -> L {
    let a = x.abs().neg().max_or_self(x.same(L::Elem::EXP_MIN));
    let (n, h, l) = exp_m1_pair(a);
    let (p, p_low) = fast_two_sum(x.same(L::Elem::ONE), h);
    // 0 where the high part is subnormal and holds all that counts.
    let scale = n.max_or_self(x.same(L::Elem::ZERO_EXPONENT)).pow2();
    let e_low = p_low.add(l).mul(scale);
    let (high, low) = ln_1p_unit_pair(p.scale_by_pow2(n), Some(e_low));

    let linear = x.max_or_self(x.same(L::Elem::ZERO));
    let (sum, sum_low) = fast_two_sum(linear.max_or_self(high), high.min_or_self(linear));
    let y = sum.add(sum_low.add(low));
    // From here on ln(1 + e^x) rounds to x; also infinity and NaN.
    L::select(x.lt(x.same(L::Elem::SOFTPLUS_MAX)), y, x)
}
