//! Smooth L1: quadratic within `beta` of the target, linear beyond.
//!
//! With `d = prediction - target`, `q = min(|d|, beta)` and `w = |d| / beta`, exactly
//! 1 from `beta` on, both branches collapse into `loss = w * (|d| - q / 2)` and
//! `derivative = w` with the sign of `d`. `w` is in [0, 1], so no product overflows
//! that need not.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Float, Inverse, Isa, Lanes};

/// Squared below `beta`, absolute above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothL1<E> {
    /// Finite and positive.
    beta: E,
    inverse: Inverse<E>,
}

impl<E: Float> SmoothL1<E> {
    /// For a `beta` that is finite and positive.
    ///
    /// ```
    /// assert_eq!(gradstep_kernels::ops::SmoothL1::new(0.5f32).beta(), 0.5);
    /// ```
    #[must_use]
    pub fn new(beta: E) -> Self {
        Self { beta, inverse: Inverse::of(beta.to_f64()) }
    }

    /// Where the loss turns linear.
    ///
    /// ```
    /// assert_eq!(gradstep_kernels::ops::SmoothL1::new(2.0f64).beta(), 2.0);
    /// ```
    #[must_use]
    pub fn beta(self) -> E {
        self.beta
    }
}

impl<E: Element> Pointwise<E> for SmoothL1<E> {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction.sub(target);
        let beta = d.same(self.beta);
        let a = d.abs();
        let q = a.min_or_self(beta); // NaN stays NaN
        let w = E::Lanes::<I>::select(a.ge(beta), d.same(E::ONE), self.inverse.times(a));
        (w.mul(a.sub(q.mul(d.same(Float::HALF)))), w.copysign(d))
    }
}
