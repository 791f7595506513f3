//! Binary cross-entropy on logits `x` with targets `y` in [0, 1].
//!
//! With `e = exp(-|x|)`, `t = pos_weight * y` and `u = 1 - y` the loss is
//! `c |x| + (t + u) ln(1 + e)`, where `c = u` for `x >= 0` and `c = t` for
//! `x < 0`: a sum of terms that are not negative, so nothing cancels and a loss
//! of 1e-14 has all its digits. The derivative `(t + u) sigmoid(x) - t` is
//! `(u - t e) / (1 + e)` for `x >= 0` and `(u e - t) / (1 + e)` for `x < 0`.

use super::pointwise::{Pointwise, compiled_once};
use crate::math::{exp, ln_1p_unit};
use crate::{Element, Isa, Lanes};

/// `-(pos_weight y ln(sigmoid(x)) + (1 - y) ln(1 - sigmoid(x)))`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropyWithLogits<E> {
    /// Finite, not negative; 1 leaves the classes equal. A number of the column goes
    /// before it.
    pub pos_weight: E,
}

impl<E: Element> Pointwise<E> for BinaryCrossEntropyWithLogits<E> {
    const COST: f64 = 0.8;
    compiled_once!();

    const HAS_COLUMNS: bool = true;

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.of_column::<I>(x.same(self.pos_weight), x, y)
    }

    #[inline(always)]
    fn of_column<I: Isa>(
        self,
        pos_weight: E::Lanes<I>,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let (zero, one) = (x.same(E::ZERO), x.same(E::ONE));
        let t = y.mul(pos_weight);
        let u = one.sub(y);
        let magnitude = x.abs();
        let e = exp(magnitude.neg());

        let positive = x.ge(zero);
        let c = E::Lanes::<I>::select(positive, u, t);
        // A label that agrees with an infinite logit costs nothing: 0 * inf is 0.
        let linear = c.mul(magnitude).zero_where(c.eq(zero));
        // The select must not hide the NaN of a logit.
        let value = linear.add(t.add(u).mul(ln_1p_unit(e)));

        let above = E::Lanes::<I>::select(positive, u.sub(t.mul(e)), u.mul(e).sub(t));
        (value, above.div(one.add(e)))
    }
}
