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
        // Choices are made here, not at each register.
        match (self.constants.first, self.constants.nesterov) {
            (true, false) => run::<E, I, true, false>(isa, self),
            (true, true) => run::<E, I, true, true>(isa, self),
            (false, false) => run::<E, I, false, false>(isa, self),
            (false, true) => run::<E, I, false, true>(isa, self),
        }
    }
}

#[inline(always)]
fn run<E: Float, I: Isa, const FIRST: bool, const NESTEROV: bool>(
    isa: I,
    kernel: SgdMomentum<'_, E>,
) {
    let c = kernel.constants;
    let splat = |x| E::Lanes::<I>::splat(isa, x);
    let grad_scale = splat(c.grad_scale);
    let step = Step::<E::Lanes<I>, FIRST, NESTEROV> {
        keep: splat(c.keep),
        momentum: splat(c.momentum),
        undamped: splat(c.undamped),
        learning_rate: splat(c.learning_rate),
    };
    let state = (kernel.w, kernel.buffer);
    match c.coupled_decay {
        None => sweep::update(
            isa,
            state,
            kernel.g,
            #[inline(always)]
            |(w, b), g: E::Lanes<I>| step.next(w, b, g.mul(grad_scale)),
        ),
        Some(decay) => {
            let decay = splat(decay);
            sweep::update(
                isa,
                state,
                kernel.g,
                #[inline(always)]
                |(w, b), g: E::Lanes<I>| step.next(w, b, g.mul(grad_scale).add(w.mul(decay))),
            );
        }
    }
}

/// The constants in registers.
#[derive(Clone, Copy)]
struct Step<L, const FIRST: bool, const NESTEROV: bool> {
    keep: L,
    momentum: L,
    undamped: L,
    learning_rate: L,
}

impl<L: Lanes, const FIRST: bool, const NESTEROV: bool> Step<L, FIRST, NESTEROV> {
    /// The next weight and buffer.
    #[inline(always)]
    fn next(self, w: L, b: L, h: L) -> (L, L) {
        let b = if FIRST { h } else { b.mul(self.momentum).add(h.mul(self.undamped)) };
        let d = if NESTEROV { h.add(b.mul(self.momentum)) } else { b };
        (w.mul(self.keep).sub(d.mul(self.learning_rate)), b)
    }
}

elementwise!(SgdMomentum { mut w, ref g, mut buffer; constants }, 0.1);
