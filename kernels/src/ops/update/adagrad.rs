//! Adagrad: steps over the root of the sum of all squares, in one pass.

use super::{Coupled, Update, compiled_once};
use crate::{Element, Isa, Lanes};

/// With the gradient `h` of `coupled` and the state `sum`:
/// `sum := sum + h^2`, `w := w - step h / (sqrt(sum) + eps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad<E> {
    /// What is taken for the gradient.
    pub coupled: Coupled<E>,
    /// `learning_rate / (1 + (t - 1) learning_rate_decay)`
    pub step: E,
    /// Added to the root.
    pub eps: E,
}

impl<E: Element> Update<E, 1> for Adagrad<E> {
    compiled_once!(1);

    const STATE: [&'static str; 1] = ["sum"];
    const COST: f64 = 0.3;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [sum]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let h = self.coupled.gradient(w, g);
        let sum = sum + h * h;
        (w - h / (sum.sqrt() + self.eps) * self.step, [sum])
    }
}
