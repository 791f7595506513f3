//! Tweedie deviance with a log link and a power `p` between 1 and 2, half of it and up to a
//! constant: of the logarithm `x` of a mean and a target `y` it is `a / (p - 1) + b / (2 - p)`
//! with `a = y e^((1 - p) x)` and `b = e^((2 - p) x)`. The derivative is `b - a`, the second
//! derivative `(2 - p) b + (p - 1) a`.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::math::Power;
use crate::{Element, Isa, Lanes};

/// `y e^((1 - p) x) / (p - 1) + e^((2 - p) x) / (2 - p)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tweedie<E> {
    /// Above 1 and below 2.
    pub power: E,
}

impl<E: Element> Pointwise<E> for Tweedie<E> {
    const COST: f64 = 1.0;
    const LONG: bool = true;
    const TARGETS: Option<(E, E)> = Some((E::ZERO, E::MAX));
    const COMPACT: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let [below, above] = self.exponents();
        let [a, b] = self.terms::<I>(x, y);
        (a / E::from_f64(below) + b / E::from_f64(above), b - a)
    }
}

impl<E: Element> TwiceDifferentiable<E> for Tweedie<E> {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
        let [below, above] = self.exponents();
        let [a, b] = self.terms::<I>(x, y);
        a * E::from_f64(below) + b * E::from_f64(above)
    }
}

impl<E: Element> Tweedie<E> {
    /// `p - 1` and `2 - p`, exactly.
    #[inline(always)]
    fn exponents(self) -> [f64; 2] {
        let p = self.power.to_f64();
        [p - 1.0, 2.0 - p]
    }

    /// `a` and `b`
    #[inline(always)]
    fn terms<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> [E::Lanes<I>; 2] {
        let [below, above] = self.exponents();
        // A target of 0 has no such term, for infinite x too.
        let a = (y * Power::<E>::new(-below).exp(x)).zero_where(y.eq(y.splat(E::ZERO)));
        [a, Power::<E>::new(above).exp(x)]
    }
}
