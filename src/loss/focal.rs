//! Focal loss.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Cross-entropy of a sigmoid that counts what is right already less, on logits.
///
/// With the logit `x` as prediction, a label of 0 or 1 as target and `p` the probability of
/// the label, `1 / (1 + e^-x)` for 1 and `1 / (1 + e^x)` for 0, one element costs
/// `-a (1 - p)^gamma ln p`, where `a` is 1 or what [`alpha`](Self::alpha) says. `gamma = 0` is
/// [`BinaryCrossEntropyWithLogits`](super::BinaryCrossEntropyWithLogits). The unit is nats.
/// Methods, shapes, errors: [`Loss`]; a target outside [0, 1] is [`Error::Element`], and one
/// between counts as the label that is nearer.
///
/// # Special values
///
/// An infinite logit costs 0 where its sign and the label agree, else infinity; the derivative
/// is 0 or ±1 (times `a`).
///
/// # Accuracy
///
/// Nothing cancels at either end: value and derivative of an element are within
/// `10 + 2 gamma` ULP also where they are tiny, as long as `e^-|x|` is a normal number. The same
/// bits on every level that fuses.
///
/// # Source
///
/// Lin, Goyal, Girshick, He and Dollár, "Focal loss for dense object detection" (2017),
/// equations 4 and 5.
///
/// # Examples
///
/// ```
/// use gradstep::loss::Focal;
///
/// let mut grad = [0.0f64; 2];
/// let loss = Focal::new(2.0)?.loss_and_grad(&[0.0, 40.0], &[1.0, 1.0], &mut grad)?;
/// assert!((loss - 0.125 * 2f64.ln()).abs() < 1e-15);
/// assert!(grad[1] < 0.0 && grad[1] > -1e-50); // not 0
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Focal<'w, E> = Loss<'w, E, ops::Focal<E>>;

impl<E: Element> Focal<'_, E> {
    /// The loss with this exponent (2 is usual), averaged.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `gamma` is negative or not finite in the element type.
    ///
    /// ```
    /// use gradstep::loss::Focal;
    ///
    /// assert!(Focal::<f32>::new(-1.0).is_err());
    /// assert_eq!(Focal::new(2.0)?.loss(&[f32::INFINITY], &[1.0])?, 0.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(gamma: f64) -> Result<Self, Error> {
        let gamma = check::rounded(check::finite_not_negative, "gamma", gamma)?;
        Ok(Loss::from_formula(ops::Focal { gamma, shares: [E::ONE; 2] }))
    }

    /// Multiplies what labels of 1 cost by `alpha`, and what those of 0 cost by `1 - alpha`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `alpha` is not from 0 to 1.
    ///
    /// ```
    /// use gradstep::loss::Focal;
    ///
    /// let focal = Focal::new(0.0)?.alpha(0.25)?;
    /// assert_eq!(focal.loss(&[0.0f64], &[1.0])?, 0.25 * 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn alpha(self, alpha: f64) -> Result<Self, Error> {
        let alpha: E = check::rounded(check::unit_interval, "alpha", alpha)?;
        let gamma = self.formula.gamma;
        Ok(self.with_formula(ops::Focal { gamma, shares: [E::ONE - alpha, alpha] }))
    }

    getters! {
        "loss::Focal::<f32>::new(2.0)?.alpha(0.25)?":
        get_gamma -> f64 = |this| this.formula.gamma.to_f64(), "2.0";
        get_alpha -> Option<f64> = |this| share(this.formula), "Some(0.25)";
    }
}

/// The share of the label 1, if it was set: then both shares add up to 1.
fn share<E: Element>(formula: ops::Focal<E>) -> Option<f64> {
    (formula.shares != [E::ONE; 2]).then(|| formula.shares[1].to_f64())
}

stored_loss!(Focal, |formula| {
    gamma: f64 = formula.gamma.to_f64(),
    alpha: Option<f64> = share(formula)
} => match alpha {
    None => Self::new(gamma)?,
    Some(alpha) => Self::new(gamma)?.alpha(alpha)?,
});
