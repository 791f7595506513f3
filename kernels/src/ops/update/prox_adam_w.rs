//! Proximal AdamW: an Adam step with decoupled decay, then a soft-threshold, in one
//! pass.

use super::{Moments, Update, compiled_once};
use crate::ops::shrink::soft;
use crate::{Element, Isa, Lanes};

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
    /// What is subtracted from the magnitude.
    pub threshold: Threshold<E>,
}

/// The threshold of a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold<E> {
    /// `l1 s`, which scales like the step of the weight.
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

/// The form with the threshold `l1 s`.
const METRIC: u8 = 0;

impl<E: Element> Update<E, 2> for ProxAdamW<E> {
    compiled_once!(2);

    const STATE: [&'static str; 2] = ["m", "v"];
    const COST: f64 = 0.4;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        match self.threshold {
            Threshold::Metric { .. } => METRIC,
            Threshold::Isotropic { .. } => 1,
        }
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m, v]: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        let (Threshold::Metric { l1: strength } | Threshold::Isotropic { threshold: strength }) =
            self.threshold;
        // Form 0: decay does not join the gradient.
        let (m, v) = self.moments.next::<_, 0>(w, g, m, v);
        let s = w.splat(self.step) / (v.sqrt() + self.eps);
        let threshold = if FORM == METRIC { s * strength } else { s.splat(strength) };
        (soft(w * self.keep - m * self.correction * s, threshold), [m, v])
    }
}
