//! Stochastic gradient descent with weight decay, in one pass.
//!
//! Without momentum, decay in the gradient and decay of the weight are the same
//! update, `w (1 - learning_rate * decay) - learning_rate * g`: so one kernel
//! serves both.

use super::{Update, compiled_once};
use crate::{Element, Isa};

/// `w := w * keep - g * step`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd<E> {
    /// `1 - learning_rate * weight_decay`
    pub keep: E,
    /// `learning_rate * grad_scale`, negative to maximise.
    pub step: E,
}

impl<E: Element> Update<E, 0> for Sgd<E> {
    compiled_once!(0);

    const COST: f64 = 0.05;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        state: [E::Lanes<I>; 0],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 0]) {
        (w * self.keep - g * self.step, state)
    }
}
