//! FTRL-proximal: the weight follows from all gradients so far, with an L1 and an L2 penalty, in
//! one pass.

use super::{Update, compiled_once};
use crate::ops::shrink::soft;
use crate::{Element, Isa, Lanes};

/// With `h = grad_scale g` and the state `z` and `n`, the sum of squares:
/// `z := z + h - (sqrt(n + h^2) - sqrt(n)) inverse_rate w`, `n := n + h^2`, and
/// `w := -soft(z, l1) / ((beta + sqrt(n)) inverse_rate + l2)`, which is +0 where `|z| <= l1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ftrl<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// `1 / learning_rate`
    pub inverse_rate: E,
    /// Added to the root.
    pub beta: E,
    /// The strength of `|w|`, finite and not negative.
    pub l1: E,
    /// The strength of `w^2 / 2`.
    pub l2: E,
}

impl<E: Element> Update<E, 2> for Ftrl<E> {
    compiled_once!(2);

    const STATE: [&'static str; 2] = ["z", "n"];
    const COST: f64 = 0.4;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [z, n]: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        let h = g * self.grad_scale;
        let next = n + h * h;
        let root = next.sqrt();
        let z = z + (h - (root - n.sqrt()) * self.inverse_rate * w);
        // The negative of `soft(z, l1)`, with +0 for 0; where the denominator is 0, too.
        let kept = soft(-z, z.splat(self.l1));
        let w = kept / ((root + self.beta) * self.inverse_rate + self.l2);
        (w.zero_where(kept.eq(kept.splat(E::ZERO))), [z, next])
    }
}
