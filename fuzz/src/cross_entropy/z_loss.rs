//! What a z-loss may be off by: it is a function of the logarithm alone, which has the error of a
//! larger number where the largest logit and the logarithm of the sum cancel.

use super::Case;
use crate::reference::cross_entropy::Row;
use crate::reference::{Double, ulp};
use crate::{Number, tolerance};
use gradstep::loss::AnyTarget;

impl<E: Number, T: AnyTarget<E>> Case<E, T> {
    /// Of the loss of a row, and of its slope with respect to the logarithm.
    pub(super) fn slack_of_z(&self, r: usize, row: &Row) -> [Double; 2] {
        let largest = self.row(r).iter().fold(f64::NEG_INFINITY, |most, x| most.max(x.to_f64()));
        let largest = Double::from(largest);
        let term = largest.abs().max((row.logsumexp - largest).abs());
        if self.z_loss == 0.0 || row.ignored || !term.is_finite() {
            return [Double::ZERO; 2];
        }
        let ulps = tolerance::ulps("cross_entropy", "logsumexp", E::FORMAT);
        let far = ulp::unit(term, E::FORMAT) * ulps;
        let factor = Double::from(self.row_weight(r)) * self.z_loss;
        [factor * far * (row.logsumexp.abs() * 2.0 + far), factor * far * 2.0]
    }
}
