//! Squared hinge loss.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Squared hinge of a score, for labels of -1 and 1.
///
/// With the score `x` as prediction and the label `y` as target, one element costs
/// `max(0, 1 - y x)^2`; the derivative is `-2 y max(0, 1 - y x)`, the second derivative 2
/// where `y x < 1`, else 0. Methods, shapes, errors: [`Loss`]; a label outside [-1, 1] is
/// [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// An infinite score on the wrong side gives an infinite loss and derivative.
///
/// # Accuracy
///
/// For labels of -1 and 1 the derivative is within 0.5 ULP and the value of an element within
/// 2 ULP. The same bits on every level.
///
/// # Source
///
/// Chang, Hsieh and Lin, "Coordinate descent method for large-scale L2-loss linear support
/// vector machines" (2008).
///
/// # Examples
///
/// ```
/// use gradstep::loss::SquaredHinge;
///
/// let mut grad = [0.0f32; 2];
/// let loss = SquaredHinge::new().loss_and_grad(&[0.5, 3.0], &[-1.0, 1.0], &mut grad)?;
/// assert_eq!((loss, grad), (1.125, [1.5, 0.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type SquaredHinge<'w, E> = Loss<'w, E, ops::SquaredHinge>;

impl<E: Element> SquaredHinge<'_, E> {
    /// Squared hinge, averaged.
    ///
    /// ```
    /// use gradstep::loss::SquaredHinge;
    ///
    /// assert_eq!(SquaredHinge::new().loss(&[-2.0f64], &[1.0]), Ok(9.0));
    /// assert!(SquaredHinge::new().loss(&[-2.0f64], &[2.0]).is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(SquaredHinge, |_formula| {} => Self::new());
