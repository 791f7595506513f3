//! Binary cross-entropy on logits `x` with targets `y` in [0, 1].
//!
//! With `e = exp(-|x|)`, `t = pos_weight * y` and `u = 1 - y` the loss is
//! `b x + (t + u) ln(1 + e)`, where `b = u` for `x >= 0` and `b = -t` for
//! `x < 0`: a sum of terms that are not negative, so nothing cancels and a loss
//! of 1e-14 has all its digits. The derivative `(t + u) sigmoid(x) - t` is
//! `b - (t + u) q` for `x >= 0` and `b + (t + u) q` for `x < 0`, where
//! `q = e / (1 + e)`: for a label that agrees with the logit `b` is 0, and otherwise
//! larger than the product by half and more.
//!
//! The second derivative `(t + u) sigmoid(x) (1 - sigmoid(x))` is `(t + u) q (1 - q)` on both
//! sides: `q` is at most 1/2, so it keeps its relative accuracy.

use super::grad_hess::TwiceDifferentiable;
use super::pointwise::{Pointwise, compiled_once};
use crate::math::logistic;
use crate::{Element, Float, Isa, Lanes, select};

/// `-(pos_weight y ln(sigmoid(x)) + (1 - y) ln(1 - sigmoid(x)))`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropyWithLogits<E> {
    /// Finite, not negative; 1 leaves the classes equal. Where columns have weights of
    /// their own, those are used instead.
    pub pos_weight: E,
}

impl<E: Float> Default for BinaryCrossEntropyWithLogits<E> {
    fn default() -> Self {
        Self { pos_weight: E::ONE }
    }
}

impl<E: Element> Pointwise<E> for BinaryCrossEntropyWithLogits<E> {
    const COST: f64 = 0.8;
    const LONG: bool = true;
    const VERY_LONG: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.with_parameter::<I>(x.splat(self.pos_weight), x, y)
    }

    fn parameter(self) -> E {
        self.pos_weight
    }

    #[inline(always)]
    fn with_parameter<I: Isa>(
        self,
        pos_weight: E::Lanes<I>,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let zero = x.splat(E::ZERO);
        let minus_t = y * -pos_weight;
        let u = x.splat(E::ONE) - y;
        let minus_sum = minus_t - u;
        let (q, l) = logistic(-x.abs());

        let b = select(x.is_negative(), minus_t, u);
        // A label that agrees with an infinite logit costs nothing: 0 * inf is 0.
        let linear = (b * x).zero_where(b.eq(zero));
        let value = minus_sum.neg_mul_add(l, linear);
        let sign = x.and_bits(x.splat(-E::ZERO));
        (value, minus_sum.xor_bits(sign).mul_add(q, b))
    }
}

impl<E: Element> TwiceDifferentiable<E> for BinaryCrossEntropyWithLogits<E> {
    compiled_once!(GradHess);

    #[inline(always)]
    fn second_derivative<I: Isa>(self, x: E::Lanes<I>, y: E::Lanes<I>) -> E::Lanes<I> {
        self.second_with_parameter::<I>(x.splat(self.pos_weight), x, y)
    }

    #[inline(always)]
    fn second_with_parameter<I: Isa>(
        self,
        pos_weight: E::Lanes<I>,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> E::Lanes<I> {
        let one = x.splat(E::ONE);
        let minus_sum = y * -pos_weight - (one - y);
        let (q, _) = logistic(-x.abs());
        minus_sum * (q * (q - one))
    }
}
