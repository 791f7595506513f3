//! Modified Huber loss of a score `x` with labels `y` of -1 and 1: squared hinge as far as
//! `y x = -1`, a line beyond.
//!
//! With `r = max(0, 1 - y x)` and `m = min(r, 2)` both branches collapse into
//! `loss = m (2 r - m)` and `derivative = -2 y m`. The second derivative is `2 y^2` on the
//! curve, else 0.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// `max(0, 1 - y x)^2` where `y x >= -1`, else `-4 y x`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModifiedHuber;

impl<E: Element> Pointwise<E> for ModifiedHuber {
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
        let r = (x.splat(E::ONE) - y * x).max_or_self(zero); // NaN stays NaN
        let m = r.min_or_self(x.splat(E::TWO));
        (m * (r + r - m), zero - y * m)
    }
}

impl<E: Element> TwiceDifferentiable<E> for ModifiedHuber {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
        (y * y).keep_where((y * x).abs().lt(x.splat(E::ONE)))
    }
}
