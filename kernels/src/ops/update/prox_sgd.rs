//! Proximal gradient step for the elastic net: decay, step and soft-threshold in
//! one pass.

use super::{Update, compiled_once};
use crate::ops::shrink::soft;
use crate::{Element, Float, Inverse, Isa, Lanes};

/// `w := soft(w - step (grad_scale g), threshold) * shrink`
///
/// A zero weight stays exactly 0 where `|grad_scale g| <= l1` if `threshold` is
/// the rounded product of `step` and `l1`: rounding is monotone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxSgd<E> {
    /// Factor of the gradient.
    pub grad_scale: E,
    /// The learning rate.
    pub step: E,
    /// `step * l1`, finite and not negative.
    pub threshold: E,
    /// `1 / (1 + learning_rate * l2)`
    pub shrink: Inverse<E>,
}

/// The form without an L2 penalty: `shrink` is 1, so there is no product with it.
pub(super) const LASSO: u8 = 1;

impl<E: Float> ProxSgd<E> {
    pub(super) fn is_lasso(self) -> u8 {
        u8::from(self.shrink == Inverse::of(1.0)) * LASSO
    }

    /// The proximal point of a gradient step from `w`.
    #[inline(always)]
    pub(super) fn next<L: Lanes<Elem = E>, const FORM: u8>(self, w: L, g: L) -> L {
        let kept = soft(w - g * self.grad_scale * self.step, w.splat(self.threshold));
        if FORM == LASSO { kept } else { self.shrink.times(kept) }
    }
}

impl<E: Element> Update<E, 0> for ProxSgd<E> {
    compiled_once!(0);

    const COST: f64 = 0.1;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        self.is_lasso()
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        state: [E::Lanes<I>; 0],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 0]) {
        (self.next::<_, FORM>(w, g), state)
    }
}
