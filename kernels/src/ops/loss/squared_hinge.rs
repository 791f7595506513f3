//! Squared hinge of a score `x` with labels `y` of -1 and 1: `m^2` of what the margin lacks,
//! `m = max(0, 1 - y x)`; derivative `-2 y m`, second derivative `2 y^2` where something lacks.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// `max(0, 1 - y x)^2`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SquaredHinge;

impl<E: Element> Pointwise<E> for SquaredHinge {
    const TARGETS: Option<(E, E)> = Some((E::MINUS_ONE, E::ONE));
    const FACTOR: E = E::TWO;
    const COMPACT: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let zero = x.splat(E::ZERO);
        let m = (x.splat(E::ONE) - y * x).max_or_self(zero); // NaN stays NaN
        (m * m, zero - y * m)
    }
}

impl<E: Element> TwiceDifferentiable<E> for SquaredHinge {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
        (y * y).keep_where((y * x).lt(x.splat(E::ONE)))
    }
}
