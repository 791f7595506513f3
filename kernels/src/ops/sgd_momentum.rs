//! Stochastic gradient descent with momentum, dampening, Nesterov's form and
//! weight decay, in one pass.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, sweep};

/// With `h = grad_scale g`, plus `coupled_decay w` if that is given:
/// `b := momentum b + (1 - dampening) h`, or `h` at the first step; then
/// `w := keep w - learning_rate d` with `d = h + momentum b` for Nesterov's form
/// and `d = b` else.
#[derive(Debug)]
pub struct SgdMomentum<'a, E> {
    /// `[n]`, overwritten.
    pub w: &'a mut [E],
    /// `[n]`
    pub g: &'a [E],
    /// `[n]`, overwritten; not read at the first step.
    pub buffer: &'a mut [E],
    /// The constants of the step.
    pub constants: Constants<E>,
}

/// What is the same for every element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants<E> {
    /// Whether `buffer` holds nothing yet.
    pub first: bool,
    /// Whether the step looks ahead.
    pub nesterov: bool,
    /// Negative to maximise.
    pub grad_scale: E,
    /// Decay added to the gradient.
    pub coupled_decay: Option<E>,
    /// Decoupled decay, `1 - learning_rate * weight_decay`.
    pub keep: E,
    /// The share of the old buffer.
    pub momentum: E,
    /// `1 - dampening`
    pub undamped: E,
    /// The learning rate.
    pub learning_rate: E,
}

impl<E: Float> Kernel for SgdMomentum<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let c = self.constants;
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (grad_scale, keep, momentum) = (splat(c.grad_scale), splat(c.keep), splat(c.momentum));
        let (undamped, learning_rate) = (splat(c.undamped), splat(c.learning_rate));
        let decay = c.coupled_decay.map(splat);
        let state = (self.w, self.buffer);
        sweep::update(
            isa,
            state,
            self.g,
            #[inline(always)]
            |(w, b), g: E::Lanes<I>| {
                let mut h = g.mul(grad_scale);
                if let Some(decay) = decay {
                    h = h.add(w.mul(decay));
                }
                let b = if c.first { h } else { b.mul(momentum).add(h.mul(undamped)) };
                let d = if c.nesterov { h.add(b.mul(momentum)) } else { b };
                (w.mul(keep).sub(d.mul(learning_rate)), b)
            },
        );
    }
}

elementwise!(SgdMomentum { mut w, ref g, mut buffer; constants }, 0.1);
