//! Hyperbolic tangent.
//!
//! # Method
//!
//! `-E / (2 + E)` with `E = e^(-2 |x|) - 1`, numerator and denominator as pairs and
//! one residual correction of the quotient; the sign is that of `x`.
//!
//! # Accuracy
//!
//! Largest errors in ULP: over all inputs for `f32`, over 4 million of every
//! magnitude and at the turns of the method for `f64`.
//!
//! | | `f32` fused | not fused | `f64` fused | not fused |
//! |---|---|---|---|---|
//! | [`tanh`] | 0.69 | 0.69 | 0.66 | 0.66 |
//!
//! The quotient's last rounding counts 1/2; the pair's error at most 1/4, where
//! `2^n - 1` cancels half of it (results near 1/6) and the ULP is small.

use super::constants::Math;
use super::eft::{divide, fast_two_sum};
use super::exp::exp_m1_pair;
use crate::{Float, Lanes};

/// Hyperbolic tangent, within 1 ULP.
///
/// `tanh(±0) = ±0`, `tanh(±inf) = ±1`.
#[inline(always)]
pub fn tanh<L: Lanes<Elem: Math>>(x: L) -> L {
    let a = (x.abs() * -L::Elem::TWO).max_or_self(x.splat(L::Elem::TANH_MIN));
    let (n, h, l) = exp_m1_pair(a);
    // e^a - 1 = (2^n - 1) + 2^n (h + l)
    let scale = n.pow2();
    let (whole, whole_low) = fast_two_sum(x.splat(-L::Elem::ONE), scale);
    let (e, e_low) = fast_two_sum(whole, h * scale);
    let e_low = e_low + l.mul_add(scale, whole_low);
    let (d, d_low) = fast_two_sum(x.splat(L::Elem::TWO), e);
    divide((e, e_low), (d, d_low + e_low)).copysign(x)
}
