//! Smooth L1: quadratic within `beta` of the target, linear beyond.
//!
//! With `d = prediction - target`, `c = clamp(d, -beta, beta)` and `w = c / beta`, both
//! branches collapse into `loss = w * (d - c / 2)` and `derivative = w`. `|w|` is at most 1, so
//! no product overflows that need not. The loss alone takes `|d|`, which spares one bound.
//!
//! The second derivative is `1 / beta` within `beta`, else 0.
//!
//! Where `beta` is a power of 2, as 1 is, its reciprocal is exact and `w` a product. Elsewhere
//! a product would not make `w` exactly 1 beyond.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Float, Isa, Lanes};

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
        let beta = d.splat(self.beta);
        let c = d.max_or_self(-beta).min_or_self(beta); // NaN stays NaN
        let w = quotient(c, self.beta);
        // Added to 0, so that no loss is -0.
        (w.mul_add(d - c * E::HALF, d.splat(E::ZERO)), w)
    }

    #[inline(always)]
    fn value<I: Isa>(self, prediction: E::Lanes<I>, target: E::Lanes<I>) -> E::Lanes<I> {
        let a = (prediction - target).abs();
        let c = a.min_or_self(a.splat(self.beta));
        quotient(c, self.beta) * (a - c * E::HALF)
    }
}

impl<E: Element> TwiceDifferentiable<E> for SmoothL1<E> {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> E::Lanes<I> {
        let d = prediction - target;
        let inverse = E::ONE / self.beta;
        // Of what stands for 0 it is infinite, but there is no curve.
        let second = if inverse < E::INFINITY { inverse } else { E::ZERO };
        d.splat(second).keep_where(d.abs().lt(d.splat(self.beta)))
    }
}

/// `x / y`, by the reciprocal where that is exact.
#[inline(always)]
fn quotient<L: Lanes>(x: L, y: L::Elem) -> L {
    let reciprocal = L::Elem::ONE / y;
    let is_power_of_2 = y.to_f64().to_bits() << (64 - f64::MANTISSA_BITS) == 0;
    if is_power_of_2 && reciprocal < L::Elem::INFINITY { x * reciprocal } else { x / y }
}
