//! Gamma deviance with a log link, half of it and up to a constant: of the logarithm `x` of a
//! mean and a positive target `y` it is `x + y e^-x`, derivative `1 - y e^-x`, second
//! derivative `y e^-x`.
//!
//! The exponential is the square of `e^(-x/2)`, whose factors meet `y` one after the other:
//! where `y` brings it back, it may overflow or vanish.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::math::exp;
use crate::{Element, Isa, Lanes};

/// `x + y e^-x`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gamma;

impl<E: Element> Pointwise<E> for Gamma {
    const COST: f64 = 0.5;
    const LONG: bool = true;
    const TARGETS: Option<(E, E)> = Some((E::LEAST, E::MAX));
    const COMPACT: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let ratio = ratio::<E, I>(x, y);
        let linear = x.zero_where(ratio.eq(x.splat(E::INFINITY))); // it outgrows any logarithm
        (linear + ratio, x.splat(E::ONE) - ratio)
    }
}

impl<E: Element> TwiceDifferentiable<E> for Gamma {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
        ratio::<E, I>(x, y)
    }
}

/// `y e^-x`
#[inline(always)]
fn ratio<E: Element, I: Isa>(x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
    let root = exp(x * -E::HALF);
    y * root * root
}
