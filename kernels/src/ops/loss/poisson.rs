//! Poisson deviance with a log link: of the logarithm `x` of a rate and a count `y` it is
//! `e^x - y x`, derivative `e^x - y`, second derivative `e^x`.
//!
//! The full likelihood adds `ln y!`, which has nothing to do with `x`, by Stirling's formula
//! `y ln y - y + ln(2 pi y) / 2` for counts above 1.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::math::{exp, ln};
use crate::{Element, Isa, Lanes};

/// `e^x - y x`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Poisson {
    /// Whether Stirling's term is added.
    pub full: bool,
}

/// `ln(2 pi) / 2`
const HALF_LN_2_PI: f64 = 0.9189385332046727;

impl<E: Element> Pointwise<E> for Poisson {
    const COST: f64 = 0.5;
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
        let rate = exp(x);
        // An infinite rate outgrows any count, and no count costs nothing: 0 * inf is 0.
        let outgrown = rate.eq(x.splat(E::INFINITY)) & y.eq(y);
        let linear = (y * x).zero_where(outgrown | y.eq(x.splat(E::ZERO)));
        let value = rate - linear;
        (if self.full { value + stirling::<E, I>(y) } else { value }, rate - y)
    }
}

impl<E: Element> TwiceDifferentiable<E> for Poisson {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, _: E::Lanes<I>) -> E::Lanes<I> {
        exp(x)
    }
}

/// `y ln y - y + ln(2 pi y) / 2 = (y + 1/2) ln y - y + ln(2 pi) / 2` above 1, else 0.
#[inline(always)]
fn stirling<E: Element, I: Isa>(y: E::Lanes<I>) -> E::Lanes<I> {
    let logs = (y + E::HALF) * ln(y);
    (logs - y + E::from_f64(HALF_LN_2_PI)).keep_where(y.gt(y.splat(E::ONE)))
}
