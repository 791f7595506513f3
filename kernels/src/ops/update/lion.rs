//! Lion: the sign of an average of gradients, with decoupled weight decay, in one
//! pass.

use super::{Update, compiled_once};
use crate::{Element, Isa, Lanes};

/// With `h = grad_scale g` and the state `m`:
/// `w := keep w - learning_rate sign(beta1 m + (1 - beta1) h)`, where `sign(0) = 0`,
/// and `m := beta2 m + (1 - beta2) h`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// `1 - learning_rate * weight_decay`
    pub keep: E,
    /// The learning rate.
    pub learning_rate: E,
    /// The weight of the old average under the sign.
    pub beta1: E,
    /// `1 - beta1`
    pub one_minus_beta1: E,
    /// The weight of the old average in the new one.
    pub beta2: E,
    /// `1 - beta2`
    pub one_minus_beta2: E,
}

impl<E: Element> Update<E, 1> for Lion<E> {
    compiled_once!(1);

    const STATE: [&'static str; 1] = ["m"];
    const COST: f64 = 0.1;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let h = g * self.grad_scale;
        let u = m * self.beta1 + h * self.one_minus_beta1;
        let move_by = u.splat(self.learning_rate).with_sign_of(u);
        (w * self.keep - move_by, [m * self.beta2 + h * self.one_minus_beta2])
    }
}
