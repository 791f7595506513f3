//! Hyperbolic tangent.

use super::constants::Math;
use super::exp::exp_m1_pair;
use super::pair::{divide, fast_two_sum};
use crate::{Float, Lanes};

/// Hyperbolic tangent, within 1 ULP.
#[inline(always)]
pub fn tanh<L: Lanes<Elem: Math>>(x: L) -> L {
    let a = x.abs().mul(x.same(-L::Elem::TWO)).max_or_self(x.same(L::Elem::TANH_MIN));
    let (n, h, l) = exp_m1_pair(a);
    // e^a - 1 = (2^n - 1) + 2^n (h + l)
    let scale = n.pow2();
    let (whole, whole_low) = fast_two_sum(x.same(-L::Elem::ONE), scale);
    let (e, e_low) = fast_two_sum(whole, h.mul(scale));
    let e_low = e_low.add(l.mul_add(scale, whole_low));
    let (d, d_low) = fast_two_sum(x.same(L::Elem::TWO), e);
    let d_low = d_low.add(e_low);
    divide((e, e_low), (d, d_low)).copysign(x)
}
