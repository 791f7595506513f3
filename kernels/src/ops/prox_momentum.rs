//! Proximal gradient step with momentum, in one pass: ISTA and FISTA.

use super::prox_sgd::Prox;
use super::{ProxSgd, Tensor, Update};
use crate::{Float, Inverse, Isa, Lanes, sweep};

/// With the state `y`: `next := soft(y - step (grad_scale g), threshold) * shrink`,
/// `y := next + momentum (next - w)`, `w := next`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxMomentum<E> {
    /// The step from `y`.
    pub prox: ProxSgd<E>,
    /// How far `y` goes beyond.
    pub momentum: E,
}

impl<E: Float> Update<E, 1> for ProxMomentum<E> {
    const COST: f64 = 0.15;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 1>]) {
        if self.prox.shrink == Inverse::of(1.0) {
            step::<E, I, true>(self, isa, tensors);
        } else {
            step::<E, I, false>(self, isa, tensors);
        }
    }
}

#[inline(always)]
fn step<E: Float, I: Isa, const LASSO: bool>(
    update: ProxMomentum<E>,
    isa: I,
    tensors: &mut [Tensor<'_, E, 1>],
) {
    let prox = Prox::<E::Lanes<I>, LASSO>::new(isa, update.prox);
    let momentum = E::Lanes::<I>::splat(isa, update.momentum);
    for Tensor { w, g, state: [y] } in tensors {
        sweep::update(
            isa,
            (&mut **w, &mut **y),
            *g,
            #[inline(always)]
            |(w, y): (E::Lanes<I>, _), g| {
                let next = prox.next(y, g);
                (next, next.add(next.sub(w).mul(momentum)))
            },
        );
    }
}
