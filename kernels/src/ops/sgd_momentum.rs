//! Stochastic gradient descent with momentum, dampening, Nesterov's form and
//! weight decay, in one pass.

use super::{Tensor, Update};
use crate::{Float, Isa, Lanes, sweep};

/// With `h = grad_scale g`, plus `coupled_decay w` if that is given, and the state
/// `b`: `b := momentum b + (1 - dampening) h`, or `h` at the first step; then
/// `w := keep w - learning_rate d` with `d = h + momentum b` for Nesterov's form
/// and `d = b` else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdMomentum<E> {
    /// Whether `b` holds nothing yet: it is not used then.
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

impl<E: Float> Update<E, 1> for SgdMomentum<E> {
    const COST: f64 = 0.1;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 1>]) {
        // Choices are made here, not at each register.
        match (self.first, self.nesterov) {
            (true, false) => step::<E, I, true, false>(self, isa, tensors),
            (true, true) => step::<E, I, true, true>(self, isa, tensors),
            (false, false) => step::<E, I, false, false>(self, isa, tensors),
            (false, true) => step::<E, I, false, true>(self, isa, tensors),
        }
    }
}

#[inline(always)]
fn step<E: Float, I: Isa, const FIRST: bool, const NESTEROV: bool>(
    update: SgdMomentum<E>,
    isa: I,
    tensors: &mut [Tensor<'_, E, 1>],
) {
    let splat = |x| E::Lanes::<I>::splat(isa, x);
    let grad_scale = splat(update.grad_scale);
    let formula = Formula::<E::Lanes<I>, FIRST, NESTEROV> {
        keep: splat(update.keep),
        momentum: splat(update.momentum),
        undamped: splat(update.undamped),
        learning_rate: splat(update.learning_rate),
    };
    match update.coupled_decay {
        None => {
            for Tensor { w, g, state: [b] } in tensors {
                sweep::update(
                    isa,
                    (&mut **w, &mut **b),
                    *g,
                    #[inline(always)]
                    |(w, b), g: E::Lanes<I>| formula.next(w, b, g.mul(grad_scale)),
                );
            }
        }
        Some(decay) => {
            let decay = splat(decay);
            for Tensor { w, g, state: [b] } in tensors {
                sweep::update(
                    isa,
                    (&mut **w, &mut **b),
                    *g,
                    #[inline(always)]
                    |(w, b), g: E::Lanes<I>| {
                        formula.next(w, b, g.mul(grad_scale).add(w.mul(decay)))
                    },
                );
            }
        }
    }
}

/// The constants in registers.
#[derive(Clone, Copy)]
struct Formula<L, const FIRST: bool, const NESTEROV: bool> {
    keep: L,
    momentum: L,
    undamped: L,
    learning_rate: L,
}

impl<L: Lanes, const FIRST: bool, const NESTEROV: bool> Formula<L, FIRST, NESTEROV> {
    /// The next weight and buffer.
    #[inline(always)]
    fn next(self, w: L, b: L, h: L) -> (L, L) {
        let b = if FIRST { h } else { b.mul(self.momentum).add(h.mul(self.undamped)) };
        let d = if NESTEROV { h.add(b.mul(self.momentum)) } else { b };
        (w.mul(self.keep).sub(d.mul(self.learning_rate)), b)
    }
}
