//! Stochastic gradient descent with weight decay, in one pass.
//!
//! Without momentum, decay in the gradient and decay of the weight are the same
//! update, `w (1 - learning_rate * decay) - learning_rate * g`: so one kernel
//! serves both.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, sweep};

/// `w := w * keep - g * step`
#[derive(Debug)]
pub struct Sgd<'a, E> {
    /// `[n]`, overwritten.
    pub w: &'a mut [E],
    /// `[n]`
    pub g: &'a [E],
    /// `1 - learning_rate * weight_decay`
    pub keep: E,
    /// `learning_rate * grad_scale`, negative to maximise.
    pub step: E,
}

impl<E: Float> Kernel for Sgd<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (keep, step) = (splat(self.keep), splat(self.step));
        sweep::update(
            isa,
            self.w,
            self.g,
            #[inline(always)]
            |w: E::Lanes<I>, g| w.mul(keep).sub(g.mul(step)),
        );
    }
}

elementwise!(Sgd { mut w, ref g; keep, step }, 0.05);
