//! Modified Huber loss.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Squared hinge that becomes a line for outliers, for labels of -1 and 1.
///
/// With the score `x` as prediction and the label `y` as target, one element costs
/// `max(0, 1 - y x)^2` where `y x >= -1`, else `-4 y x`; the derivative is
/// `-2 y max(0, 1 - y x)`, else `-4 y`, the second derivative 2 where `|y x| < 1`, else 0.
/// Methods, shapes, errors: [`Loss`]; a label outside [-1, 1] is
/// [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// An infinite score on the wrong side gives an infinite loss and the derivative `-4 y`.
///
/// # Accuracy
///
/// For labels of -1 and 1 the derivative is within 0.5 ULP and the value of an element within
/// 2.5 ULP. The same bits on every level.
///
/// # Source
///
/// Zhang, "Solving large scale linear prediction problems using stochastic gradient descent
/// algorithms" (2004).
///
/// # Examples
///
/// ```
/// use gradstep::loss::ModifiedHuber;
///
/// let mut grad = [0.0f32; 2];
/// let loss = ModifiedHuber::new().loss_and_grad(&[0.5, 3.0], &[-1.0, -1.0], &mut grad)?;
/// assert_eq!((loss, grad), (7.125, [1.5, 2.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type ModifiedHuber<'w, E> = Loss<'w, E, ops::ModifiedHuber>;

impl<E: Element> ModifiedHuber<'_, E> {
    /// Modified Huber loss, averaged.
    ///
    /// ```
    /// use gradstep::loss::ModifiedHuber;
    ///
    /// assert_eq!(ModifiedHuber::new().loss(&[-2.0f64], &[1.0]), Ok(8.0));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(ModifiedHuber, |_formula| {} => Self::new());
