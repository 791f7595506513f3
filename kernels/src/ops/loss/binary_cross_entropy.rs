//! Binary cross-entropy on probabilities `p` with targets `y` in [0, 1].
//!
//! With `q = clamp(p, low, high)` the loss is
//! `y min(-ln q, 100) + (1 - y) min(-ln(1 - q), 100)` and its derivative
//! `(q - y) / max(q (1 - q), floor)` inside the clamp and 0 outside. The usual
//! form has `low = 0`, `high = 1` and `floor = 1e-12`; the textbook form clips at
//! `low = eps`, `high = 1 - eps` and needs no floor.

use super::pointwise::{Pointwise, compiled_once};
use crate::math::{ln, ln_1p};
use crate::{Element, Float, Isa, Lanes, select};

/// `-(y ln p + (1 - y) ln(1 - p))`, bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropy<E> {
    /// Smaller probabilities count as this one.
    pub low: E,
    /// Larger probabilities count as this one.
    pub high: E,
    /// The least denominator of the derivative.
    pub floor: E,
}

impl<E: Float> Default for BinaryCrossEntropy<E> {
    /// The usual form.
    fn default() -> Self {
        Self { low: E::ZERO, high: E::ONE, floor: E::from_f64(1e-12f32.into()) }
    }
}

impl<E: Element> Pointwise<E> for BinaryCrossEntropy<E> {
    const COST: f64 = 1.2;
    const DOMAIN: Option<(E, E)> = Some((E::ZERO, E::ONE));
    const LONG: bool = true;
    compiled_once!();

    #[allow(clippy::eq_op)] // 0 of a number, NaN of NaN
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        p: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let one = p.splat(E::ONE);
        let (low, high) = (p.splat(self.low), p.splat(self.high));
        let q = p.max_or_self(low).min_or_self(high); // NaN stays NaN
        // 1 - exp(-100) rounds to 1 in both types.
        let bound = p.splat(E::from_f64(100.0));
        let minus_ln_q = (-ln(q)).min_or_self(bound);
        let minus_ln_not_q = (-ln_1p(-q)).min_or_self(bound);
        let value = y * minus_ln_q + (one - y) * minus_ln_not_q;

        let variance = (q * (one - q)).max_or_self(p.splat(self.floor));
        let slope = (q - y) / variance;
        // Outside the clamp 0, unless the target is NaN.
        (value, select(p.lt(low) | p.gt(high), y - y, slope))
    }
}
