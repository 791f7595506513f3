//! Proximal gradient step for the elastic net: decay, step and soft-threshold in
//! one pass.

use super::soft_threshold::soft;
use super::{Tensor, Update};
use crate::{Float, Inverse, Isa, Lanes, sweep};

/// `w := soft(w - step (grad_scale g), threshold) * shrink`
///
/// A zero weight stays exactly 0 where `|grad_scale g| <= l1` if `threshold` is
/// the rounded product of `step` and `l1`: rounding is monotone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxSgd<E> {
    /// Factor of the gradient.
    pub grad_scale: E,
    /// The learning rate.
    pub step: E,
    /// `step * l1`, finite and not negative.
    pub threshold: E,
    /// `1 / (1 + learning_rate * l2)`
    pub shrink: Inverse<E>,
}

impl<E: Float> Update<E, 0> for ProxSgd<E> {
    const COST: f64 = 0.1;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 0>]) {
        if self.shrink == Inverse::of(1.0) {
            step::<E, I, true>(self, isa, tensors);
        } else {
            step::<E, I, false>(self, isa, tensors);
        }
    }
}

#[inline(always)]
fn step<E: Float, I: Isa, const LASSO: bool>(
    update: ProxSgd<E>,
    isa: I,
    tensors: &mut [Tensor<'_, E, 0>],
) {
    let prox = Prox::<E::Lanes<I>, LASSO>::new(isa, update);
    for Tensor { w, g, .. } in tensors {
        sweep::update(
            isa,
            &mut **w,
            *g,
            #[inline(always)]
            |w: E::Lanes<I>, g| prox.next(w, g),
        );
    }
}

/// The constants in registers; the lasso's `shrink` is 1, and nothing is multiplied.
#[derive(Clone, Copy)]
pub(super) struct Prox<L: Lanes, const LASSO: bool> {
    grad_scale: L,
    step: L,
    threshold: L,
    shrink: Inverse<L::Elem>,
}

impl<L: Lanes, const LASSO: bool> Prox<L, LASSO> {
    #[inline(always)]
    pub(super) fn new(isa: L::Isa, update: ProxSgd<L::Elem>) -> Self {
        let splat = |x| L::splat(isa, x);
        Self {
            grad_scale: splat(update.grad_scale),
            step: splat(update.step),
            threshold: splat(update.threshold),
            shrink: update.shrink,
        }
    }

    /// The proximal point of a gradient step from `w`.
    #[inline(always)]
    pub(super) fn next(self, w: L, g: L) -> L {
        let kept = soft(w.sub(g.mul(self.grad_scale).mul(self.step)), self.threshold);
        if LASSO { kept } else { self.shrink.times(kept) }
    }
}
