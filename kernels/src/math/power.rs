//! `e^(a x)` for a constant `a`: powers of `e^x`, and by it of what has a logarithm at hand.
//!
//! # Method
//!
//! The rounding of `a x` would be amplified: an ULP of the result for each unit of it. So the
//! product is a pair: `a` and `x` are halved into parts so short that the product of the upper
//! ones is exact, the others are added to what it rounds off, and with `h + l = a x`
//! `e^(a x) = e^h (1 + l)`, as `l^2` is below the last place.
//!
//! Source: Dekker, "A floating-point technique for extending the available precision" (1971).
//!
//! # Accuracy
//!
//! Within 2.5 ULP: those of [`exp`](super::exp()), the rounding of `1 + l` and of its product,
//! and half an ULP for the rest of `l`, which is 2^-11 of the last place of `a x` at most.

use super::constants::Math;
use super::eft::fast_two_sum;
use super::exp::exp;
use crate::{Float, Lanes};

/// The constant `a` of `e^(a x)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Power<E> {
    upper: E,
    lower: E,
    /// Beyond this `x` the result is 0, 1 or infinite whatever it is.
    most: E,
}

/// Beyond it, `e^x` is 0 or infinite in both types.
const EXP_END: f64 = 2048.0;

impl<E: Math> Power<E> {
    /// For a number that is finite in the element type.
    #[inline(always)]
    pub(crate) fn new(a: f64) -> Self {
        let upper = E::from_bits(E::from_f64(a).bits() & E::UPPER_HALF.bits());
        let [most, _] = E::HALF_WAY_POW2;
        let end = E::from_f64(EXP_END / a.abs());
        Self {
            upper,
            lower: E::from_f64(a - upper.to_f64()),
            most: if end < most { end } else { most },
        }
    }

    /// `a x` as a pair.
    #[inline(always)]
    pub(crate) fn product<L: Lanes<Elem = E>>(self, x: L) -> (L, L) {
        let most = x.splat(self.most);
        let x = x.max_or_self(-most).min_or_self(most);
        let upper = x.and_bits(x.splat(E::UPPER_HALF));
        let low = (x - upper) * self.upper + x * self.lower;
        fast_two_sum(upper * self.upper, low)
    }

    /// `e^(a x)`
    #[inline(always)]
    pub(crate) fn exp<L: Lanes<Elem = E>>(self, x: L) -> L {
        exp_of_sum(self.product(x))
    }
}

/// `e^(high + low)` for a `low` that `high` rounds off.
#[inline(always)]
pub(crate) fn exp_of_sum<L: Lanes<Elem: Math>>((high, low): (L, L)) -> L {
    exp(high) * (low + L::Elem::ONE)
}

/// The sum of a pair and a number, all of them of one sign, as a pair.
#[inline(always)]
pub(crate) fn pair_plus<L: Lanes>((high, low): (L, L), x: L) -> (L, L) {
    let is_less = high.abs().lt(x.abs());
    let (more, less) = (L::select(is_less, x, high), L::select(is_less, high, x));
    let (sum, rest) = fast_two_sum(more, less);
    fast_two_sum(sum, rest + low)
}
