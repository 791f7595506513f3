//! Lion: the sign of an average of gradients, with decoupled weight decay, in one
//! pass.

use super::{Tensor, Update};
use crate::{Float, Isa, Lanes, sweep};

/// With `h = grad_scale g` and the state `m`:
/// `w := keep w - learning_rate sign(first m + first_share h)`, where `sign(0) = 0`,
/// and `m := second m + second_share h`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// `1 - learning_rate * weight_decay`
    pub keep: E,
    /// The learning rate.
    pub learning_rate: E,
    /// `beta1`
    pub first: E,
    /// `1 - beta1`
    pub first_share: E,
    /// `beta2`
    pub second: E,
    /// `1 - beta2`
    pub second_share: E,
}

impl<E: Float> Update<E, 1> for Lion<E> {
    const COST: f64 = 0.1;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 1>]) {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (grad_scale, keep) = (splat(self.grad_scale), splat(self.keep));
        let (learning_rate, zero) = (splat(self.learning_rate), splat(E::ZERO));
        let (first, first_share) = (splat(self.first), splat(self.first_share));
        let (second, second_share) = (splat(self.second), splat(self.second_share));
        for Tensor { w, g, state: [m] } in tensors {
            sweep::update(
                isa,
                (&mut **w, &mut **m),
                *g,
                #[inline(always)]
                |(w, m): (E::Lanes<I>, _), g| {
                    let h = g.mul(grad_scale);
                    let u = m.mul(first).add(h.mul(first_share));
                    // Neither 0 nor NaN is above 0 in magnitude: both stay as they are.
                    let moved = learning_rate.copysign(u);
                    let moved = Lanes::select(u.abs().gt(zero), moved, u);
                    (w.mul(keep).sub(moved), m.mul(second).add(h.mul(second_share)))
                },
            );
        }
    }
}
