//! Proximal gradient step with momentum, in one pass: ISTA and FISTA.

use super::{ProxSgd, Update, compiled_once};
use crate::{Element, Isa};

/// With the state `y`: `next := soft(y - step (grad_scale g), threshold) * shrink`,
/// `y := next + momentum (next - w)`, `w := next`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxMomentum<E> {
    /// The step from `y`.
    pub prox: ProxSgd<E>,
    /// The share of the move by which `y` goes beyond the weight.
    pub momentum: E,
}

impl<E: Element> Update<E, 1> for ProxMomentum<E> {
    compiled_once!(1);

    const STATE: [&'static str; 1] = ["y"];
    const COST: f64 = 0.15;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        self.prox.is_lasso()
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [y]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let next = self.prox.next::<_, FORM>(y, g);
        (next, [next + (next - w) * self.momentum])
    }
}
