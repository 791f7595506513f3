//! Kullback-Leibler divergence.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Kullback-Leibler divergence of predicted log-probabilities from target probabilities.
///
/// With the log-probability `x` as prediction and the probability `y` as target, one element
/// costs `y (ln y - x)`; the derivative is `-y`. Both are 0 where `y` is 0. The unit is nats.
/// For rows of `C` probabilities, [`Reduction::DivideBy`](crate::Reduction::DivideBy) the
/// number of rows gives the mean of their divergences. Methods, shapes, errors: [`Loss`]; a
/// target that is negative or infinite is [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// `x = -inf` costs infinity where `y` is above 0.
///
/// # Accuracy
///
/// The derivative is exact; the value of an element is within 3 ULP of the larger of its
/// two terms. The same bits on every level that fuses.
///
/// # Source
///
/// Kullback and Leibler, "On information and sufficiency" (1951).
///
/// # Examples
///
/// ```
/// use gradstep::{Reduction, loss::KlDivergence};
///
/// let mut grad = [0.0f64; 2];
/// let kl = KlDivergence::new().reduction(Reduction::Sum);
/// let loss = kl.loss_and_grad(&[0.5f64.ln(); 2], &[0.0, 1.0], &mut grad)?;
/// assert_eq!((loss, grad), (2f64.ln(), [0.0, -1.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type KlDivergence<'w, E> = Loss<'w, E, ops::KlDivergence>;

impl<E: Element> KlDivergence<'_, E> {
    /// The divergence of each element, averaged.
    ///
    /// ```
    /// use gradstep::loss::KlDivergence;
    ///
    /// assert_eq!(KlDivergence::new().loss(&[0.0f32], &[1.0]), Ok(0.0));
    /// assert!(KlDivergence::new().loss(&[0.0f32], &[-1.0]).is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(KlDivergence, |_formula| {} => Self::new());
