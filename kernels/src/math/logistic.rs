//! Sigmoid and softplus of a number that is not positive, together: binary cross-entropy on
//! logits needs both.
//!
//! # Method
//!
//! With `e = e^x` these are `e / (1 + e)` and, by the series of [`ln_1p_unit`] in
//! `e / (2 + e)`, `ln(1 + e)`. Numerators and denominators are raised by a power of 2: they
//! need not wait until `e` is lowered, and a quotient that is subnormal rounds once.
//!
//! [`ln_1p_unit`]: super::ln_1p_unit()
//!
//! # Accuracy
//!
//! The logarithm has the errors of [`ln_1p_unit`](super::ln_1p_unit) of an exponential by
//! [`exp_nonpositive`](super::exp_nonpositive). The roundings of the quotient `e / (1 + e)` add
//! up to 2.8 ULP: the exponential 1.3, `1 + e` up to 1, the quotient itself 1/2.

use super::constants::Math;
use super::exp::exp_raised;
use super::ln::ln_1p_of_quotient;
use crate::{Float, Lanes};

/// `1 / (1 + e^-x)` and `ln(1 + e^x)` for `x <= 0`; NaN for NaN, unspecified above 0.
#[inline(always)]
pub(crate) fn logistic<L: Lanes<Elem: Math>>(x: L) -> (L, L) {
    let [more, less] = L::Elem::HALF_WAY_POW2;
    let raised = exp_raised(x);
    let s = raised / (raised + L::Elem::TWO * more);
    (raised / (raised + more), ln_1p_of_quotient(raised * less, s))
}
