//! Stochastic gradient descent with weight decay, in one pass.
//!
//! Without momentum, decay in the gradient and decay of the weight are the same
//! update, `w (1 - learning_rate * decay) - learning_rate * g`: so one kernel
//! serves both.

use super::{Tensor, Update};
use crate::{Float, Isa, Lanes, sweep};

/// `w := w * keep - g * step`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd<E> {
    /// `1 - learning_rate * weight_decay`
    pub keep: E,
    /// `learning_rate * grad_scale`, negative to maximise.
    pub step: E,
}

impl<E: Float> Update<E, 0> for Sgd<E> {
    const COST: f64 = 0.05;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 0>]) {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (keep, step) = (splat(self.keep), splat(self.step));
        for Tensor { w, g, .. } in tensors {
            sweep::update(
                isa,
                &mut **w,
                *g,
                #[inline(always)]
                |w: E::Lanes<I>, g| w.mul(keep).sub(g.mul(step)),
            );
        }
    }
}
