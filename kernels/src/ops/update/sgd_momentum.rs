//! Stochastic gradient descent with momentum, dampening, Nesterov's form and
//! weight decay, in one pass.

use super::{Update, compiled_once};
use crate::{Element, Isa};

/// With `h = grad_scale g`, plus `coupled_decay w` if that is given, and the state
/// `b`: `b := momentum b + (1 - dampening) h`, or `h` at the first step; then
/// `w := keep w - learning_rate d` with `d = h + momentum b` for Nesterov's form
/// and `d = b` else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdMomentum<E> {
    /// Whether this is the first step, which does not read `b`.
    pub first: bool,
    /// Whether the step is of Nesterov's form.
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
    pub one_minus_dampening: E,
    /// The learning rate.
    pub learning_rate: E,
}

// Bits of a form: two choices,
const NESTEROV: u8 = 1;
const COUPLED: u8 = 2;
// and one of three cases. In the plain one three factors are 1, and nothing is multiplied.
const GENERAL: u8 = 0;
const FIRST: u8 = 4;
const PLAIN: u8 = 8;

impl<E: Element> Update<E, 1> for SgdMomentum<E> {
    compiled_once!(1);

    const STATE: [&'static str; 1] = ["buffer"];
    const COST: f64 = 0.1;
    const FORMS: u8 = 12;

    fn form(self) -> u8 {
        let factors = [self.grad_scale, self.keep, self.one_minus_dampening];
        let case = match self.first {
            true => FIRST,
            false if factors == [E::ONE; 3] => PLAIN,
            false => GENERAL,
        };
        case + u8::from(self.nesterov) * NESTEROV + u8::from(self.coupled_decay.is_some()) * COUPLED
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [b]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let plain = FORM & PLAIN != 0;
        let mut h = if plain { g } else { g * self.grad_scale };
        if FORM & COUPLED != 0 {
            h = h + w * self.coupled_decay.unwrap_or(E::ZERO);
        }
        let b = match FORM & (FIRST | PLAIN) {
            FIRST => h,
            PLAIN => b * self.momentum + h,
            _ => b * self.momentum + h * self.one_minus_dampening,
        };
        let d = if FORM & NESTEROV != 0 { h + b * self.momentum } else { b };
        let kept = if plain { w } else { w * self.keep };
        (kept - d * self.learning_rate, [b])
    }
}
