//! Binary cross-entropy on logits `x` with targets `y` in [0, 1].
//!
//! With `e = exp(-|x|)`, `t = pos_weight * y` and `u = 1 - y` the loss is
//! `b x + (t + u) ln(1 + e)`, where `b = u` for `x >= 0` and `b = -t` for
//! `x < 0`: a sum of terms that are not negative, so nothing cancels and a loss
//! of 1e-14 has all its digits. The derivative `(t + u) sigmoid(x) - t` is
//! `(a e + b) / (1 + e)`, where `a` is the other of `u` and `-t`.

use super::pointwise::{Pointwise, compiled_once};
use crate::math::{exp_nonpositive, ln_1p_unit};
use crate::{Element, Isa, Lanes, select};

/// `-(pos_weight y ln(sigmoid(x)) + (1 - y) ln(1 - sigmoid(x)))`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropyWithLogits<E> {
    /// Finite, not negative; 1 leaves the classes equal. Where columns have weights of
    /// their own, those are used instead.
    pub pos_weight: E,
}

impl<E: Element> Pointwise<E> for BinaryCrossEntropyWithLogits<E> {
    const COST: f64 = 0.8;
    const LONG: bool = true;
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.of_column::<I>(x.splat(self.pos_weight), x, y)
    }

    fn of_all_columns(self) -> E {
        self.pos_weight
    }

    #[inline(always)]
    fn of_column<I: Isa>(
        self,
        pos_weight: E::Lanes<I>,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let (zero, one) = (x.splat(E::ZERO), x.splat(E::ONE));
        let minus_t = y * -pos_weight;
        let u = one - y;
        let e = exp_nonpositive(-x.abs());

        let positive = x.ge(zero);
        let a = select(positive, minus_t, u);
        let b = select(positive, u, minus_t);
        // A label that agrees with an infinite logit costs nothing: 0 * inf is 0.
        let linear = (b * x).zero_where(b.eq(zero));
        let value = (u - minus_t).mul_add(ln_1p_unit(e), linear);
        (value, a.mul_add(e, b) / (one + e))
    }
}
