//! Kullback-Leibler divergence of a log-probability `x` from a probability `y`:
//! `y (ln y - x)`, derivative `-y`. Where `y` is 0, both are 0.

use super::pointwise::{Pointwise, compiled_once};
use crate::math::ln;
use crate::{Element, Isa, Lanes, select};

/// `y (ln y - x)`
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KlDivergence;

impl<E: Element> Pointwise<E> for KlDivergence {
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
        let zero = x.splat(E::ZERO);
        let value = y * (ln(y) - x);
        // 0 * inf is 0, and NaN stays NaN.
        let value = value.zero_where(y.eq(zero) & x.eq(x));
        (value, select(x.is_nan(), x, zero - y))
    }
}
