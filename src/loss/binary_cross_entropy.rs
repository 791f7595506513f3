//! Binary cross-entropy on probabilities.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error};
use gradstep_kernels::ops;

/// Binary cross-entropy on probabilities.
///
/// With the probability `p` as prediction and the label `y` in [0, 1] as target,
/// one element costs `-(y max(ln p, -100) + (1 - y) max(ln(1 - p), -100))`; the
/// derivative is `(p - y) / max(p (1 - p), 1e-12)`, with the `f32` nearest to that
/// bound for both types, as PyTorch has it. The unit is nats. Where
/// logits are at hand,
/// [`BinaryCrossEntropyWithLogits`](super::BinaryCrossEntropyWithLogits) is
/// faster and exact at both ends. Methods, shapes, errors: [`Loss`]; a
/// probability outside [0, 1] is [`Error::Element`].
///
/// # Special values
///
/// The bounds keep loss and derivative finite at `p = 0` and `p = 1`.
///
/// # Accuracy
///
/// Value and derivative of an element are within 4 ULP. The same bits on every
/// level that fuses.
///
/// # Source
///
/// Good, "Rational decisions" (1952); the bound of 100 is what PyTorch's users
/// expect.
///
/// # Examples
///
/// ```
/// use gradstep::loss::BinaryCrossEntropy;
///
/// let mut grad = [0.0f64; 2];
/// let loss = BinaryCrossEntropy::new().loss_and_grad(&[0.5, 0.0], &[1.0, 1.0], &mut grad)?;
/// assert!((loss - 50.34657).abs() < 1e-5);
/// assert_eq!(grad[0], -1.0);
/// assert!((grad[1] / -0.5e12 - 1.0).abs() < 1e-8);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type BinaryCrossEntropy<'w, E> = Loss<'w, E, ops::BinaryCrossEntropy<E>>;

impl<E: Element> BinaryCrossEntropy<'_, E> {
    /// Cross-entropy with logarithms bounded at -100, averaged.
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropy;
    ///
    /// assert_eq!(BinaryCrossEntropy::new().loss(&[0.0f32], &[1.0]), Ok(100.0));
    /// assert!(BinaryCrossEntropy::new().loss(&[1.5f32], &[1.0]).is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The textbook form: `p` is clamped to `[eps, 1 - eps]` first, and the
    /// derivative is that of the clamped function, 0 outside.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `eps` is not above 0 and below 1/2, or so small
    /// that `1 - eps` is 1 in the element type (1e-15 in `f32`): the clamp would not
    /// keep `ln(1 - p)` finite.
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropy;
    ///
    /// assert!(BinaryCrossEntropy::<f32>::new().clip(1e-15).is_err());
    /// let loss = BinaryCrossEntropy::new().clip(1e-15)?.loss(&[1.0f64], &[0.0])?;
    /// assert!((loss - 34.539).abs() < 0.01);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn clip(self, eps: f64) -> Result<Self, Error> {
        let low = E::from_f64(eps);
        let high = E::ONE - low;
        if !(low > E::ZERO && low < E::HALF && high < E::ONE) {
            return Err(Error::Parameter {
                parameter: "eps",
                expected: "above 0, below 1/2, and large enough that 1 - eps is below 1",
                found: eps,
            });
        }
        Ok(self.with_formula(ops::BinaryCrossEntropy { low, high, floor: E::ZERO }))
    }

    getters! {
        "loss::BinaryCrossEntropy::<f32>::new().clip(0.125)?":
        get_clip -> Option<f64> = |this| clip(this.formula), "Some(0.125)";
    }
}

/// Where probabilities are clamped, if they are.
fn clip<E: Element>(formula: ops::BinaryCrossEntropy<E>) -> Option<f64> {
    (formula.low > E::ZERO).then(|| formula.low.to_f64())
}

stored_loss!(BinaryCrossEntropy, |formula| { clip: Option<f64> = clip(formula) } => match clip {
    None => Self::new(),
    Some(eps) => Self::new().clip(eps)?,
});
