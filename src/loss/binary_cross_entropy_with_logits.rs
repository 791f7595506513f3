//! Binary cross-entropy on logits.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Binary cross-entropy of a sigmoid, on logits.
///
/// With the logit `x` as prediction and the label `y` in [0, 1] as target (soft
/// labels are fine), one element costs
/// `-(pos_weight y ln s + (1 - y) ln(1 - s))` where `s = 1 / (1 + e^-x)`; the
/// derivative is `(pos_weight y + 1 - y) s - pos_weight y`. The unit is nats.
/// Methods, shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite logit costs 0 where its sign and the label agree, else infinity;
/// the derivative is 0 or ±1 (times the weight). A finite label never makes NaN
/// of a number.
///
/// # Accuracy
///
/// Labels 0 and 1: nothing cancels, value and derivative of an element are within
/// 4 ULP also where they are tiny (`y = 1`, `x = 30` costs 9.4e-14). Where `e^-|x|` is
/// subnormal, from `|x| = 87` (`f32`) or 708 (`f64`) on, they are within 2 of the least
/// numbers, which `pos_weight` and weights multiply. Soft labels: the value within 4 ULP,
/// with a weight of positives within 4.5, the derivative within 7.5 ULP of the larger of its
/// two terms. The same bits on every level that fuses.
///
/// # Source
///
/// Cox, "The regression analysis of binary sequences" (1958).
///
/// # Examples
///
/// ```
/// use gradstep::loss::BinaryCrossEntropyWithLogits;
///
/// let mut grad = [0.0f64; 2];
/// let bce = BinaryCrossEntropyWithLogits::new();
/// let loss = bce.loss_and_grad(&[0.0, 1e8], &[0.0, 1.0], &mut grad)?;
/// assert_eq!((loss, grad), (0.5 * 2f64.ln(), [0.25, 0.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type BinaryCrossEntropyWithLogits<'w, E> = Loss<'w, E, ops::BinaryCrossEntropyWithLogits<E>>;

impl<'w, E: Element> BinaryCrossEntropyWithLogits<'w, E> {
    /// Cross-entropy, averaged.
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropyWithLogits;
    ///
    /// let bce = BinaryCrossEntropyWithLogits::new();
    /// assert_eq!(bce.loss(&[f32::INFINITY], &[1.0]), Ok(0.0));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Multiplies what positive labels cost, as for unbalanced classes.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `pos_weight` is negative or not finite in the element type.
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropyWithLogits;
    ///
    /// let bce = BinaryCrossEntropyWithLogits::new().pos_weight(3.0)?;
    /// assert_eq!(bce.loss(&[0.0f64], &[1.0])?, 3.0 * 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn pos_weight(self, pos_weight: f64) -> Result<Self, Error> {
        let pos_weight = check::rounded(check::finite_not_negative, "pos_weight", pos_weight)?;
        Ok(self.with_formula(ops::BinaryCrossEntropyWithLogits { pos_weight }))
    }

    /// A weight for each column of a matrix, instead of [`pos_weight`](Self::pos_weight):
    /// element `i` has `pos_weights[i mod pos_weights.len()]`. With as many weights as
    /// elements each element has its own.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if there is none; [`Error::Element`] if one is negative or
    /// not finite. Later, [`Error::Length`] for predictions that are no whole rows.
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropyWithLogits;
    ///
    /// let mut out = [0.0f64; 4];
    /// let bce = BinaryCrossEntropyWithLogits::new().pos_weights(&[1.0, 3.0])?;
    /// bce.losses(&[0.0; 4], &[1.0; 4], &mut out)?;
    /// assert_eq!(out, [2f64.ln(), 3.0 * 2f64.ln(), 2f64.ln(), 3.0 * 2f64.ln()]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn pos_weights(self, pos_weights: &'w [E]) -> Result<Self, Error> {
        check::at_least_one("pos_weights", pos_weights.len() as u64)?;
        check::elements_finite_not_negative("pos_weights", pos_weights)?;
        Ok(self.with_columns(pos_weights))
    }

    getters! {
        "loss::BinaryCrossEntropyWithLogits::<f32>::new().pos_weight(3.0)?":
        get_pos_weight -> f64 = |this| this.formula.pos_weight.to_f64(), "3.0";
    }
}

stored_loss!(
    BinaryCrossEntropyWithLogits, |formula| {
        pos_weight: f64 = formula.pos_weight.to_f64()
    } => Self::new().pos_weight(pos_weight)?,
    columns |x| BinaryCrossEntropyWithLogits::new().pos_weights(x).map(|_| ())
);
