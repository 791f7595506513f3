//! Proximal AdamW: an Adam step with decoupled decay, then a soft-threshold, in one
//! pass.

use super::adam::Averages;
use super::soft_threshold::soft;
use super::{Moments, Tensor, Update};
use crate::{Float, Isa, Lanes, sweep};

/// With the averages `m` and `v` of [`Adam`](super::Adam) and
/// `s = step / (sqrt(v) + eps)`: `w := soft(keep w - correction m s, threshold)`,
/// in the metric form with the threshold `l1 s` instead.
///
/// Rounding is monotone, so a zero weight stays exactly 0 where
/// `|correction m| <= l1` in the metric form, and where the step that it would
/// take is at most `threshold` in the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxAdamW<E> {
    /// The averages.
    pub moments: Moments<E>,
    /// Decoupled decay, `1 - learning_rate * weight_decay`.
    pub keep: E,
    /// `1 / (1 - beta1^t)`
    pub correction: E,
    /// `learning_rate * sqrt(1 - beta2^t)`
    pub step: E,
    /// `eps * sqrt(1 - beta2^t)`
    pub eps: E,
    /// What is taken off the magnitude.
    pub threshold: Threshold<E>,
}

/// The threshold of a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold<E> {
    /// `l1 s`, by the scale of the weight's own step.
    Metric {
        /// The strength of the penalty, finite and not negative.
        l1: E,
    },
    /// The same for every weight.
    Isotropic {
        /// `learning_rate * l1`, finite and not negative.
        threshold: E,
    },
}

impl<E: Float> Update<E, 2> for ProxAdamW<E> {
    const COST: f64 = 0.4;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 2>]) {
        match self.threshold {
            Threshold::Metric { l1 } => step::<E, I, true>(self, l1, isa, tensors),
            Threshold::Isotropic { threshold } => {
                step::<E, I, false>(self, threshold, isa, tensors)
            }
        }
    }
}

#[inline(always)]
fn step<E: Float, I: Isa, const METRIC: bool>(
    update: ProxAdamW<E>,
    l1_or_threshold: E,
    isa: I,
    tensors: &mut [Tensor<'_, E, 2>],
) {
    let splat = |x| E::Lanes::<I>::splat(isa, x);
    let averages = Averages::<E::Lanes<I>, false>::new(isa, update.moments);
    let (keep, correction) = (splat(update.keep), splat(update.correction));
    let (step, eps) = (splat(update.step), splat(update.eps));
    let l1_or_threshold = splat(l1_or_threshold);
    for Tensor { w, g, state: [m, v] } in tensors {
        sweep::update(
            isa,
            ((&mut **w, &mut **m), &mut **v),
            *g,
            #[inline(always)]
            |((w, m), v): ((E::Lanes<I>, _), _), g| {
                let (m, v) = averages.next(w, g, m, v);
                let scale = step.div(v.sqrt().add(eps));
                let moved = w.mul(keep).sub(m.mul(correction).mul(scale));
                let threshold = if METRIC { scale.mul(l1_or_threshold) } else { l1_or_threshold };
                ((soft(moved, threshold), m), v)
            },
        );
    }
}
