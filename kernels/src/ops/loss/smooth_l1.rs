//! Smooth L1: quadratic within `beta` of the target, linear beyond.
//!
//! With `d = prediction - target`, `q = min(|d|, beta)` and `w = q / beta`, both
//! branches collapse into `loss = w * (|d| - q / 2)` and `derivative = w` with
//! the sign of `d`. `w` is in [0, 1], so no product overflows that need not, and
//! dividing, rather than multiplying by `1 / beta`, makes `w` exactly 1 beyond.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// Squared below `beta`, absolute above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothL1<E> {
    /// Finite and positive.
    pub beta: E,
}

impl<E: Element> Pointwise<E> for SmoothL1<E> {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let a = d.abs();
        let q = a.min_or_self(d.splat(self.beta)); // NaN stays NaN
        let w = q / self.beta;
        (w * (a - q * E::HALF), w.copysign(d))
    }
}
