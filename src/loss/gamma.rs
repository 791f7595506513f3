//! Gamma loss.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Half of the Gamma deviance of positive targets, up to a constant, on the logarithm of the
/// mean.
///
/// With the logarithm `x` of a mean as prediction and the target `y`, one element costs
/// `x + y e^-x`; the derivative is `1 - y e^-x`, the second derivative `y e^-x`. Methods,
/// shapes, errors: [`Loss`]; a target that is not positive and finite is
/// [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// An infinite prediction costs infinity; the derivative is 1 or -inf.
///
/// # Accuracy
///
/// Value and derivative of an element are within 4.5 ULP of the larger of their two terms,
/// the second derivative is within 4 ULP, also where `e^-x` alone would overflow. The same
/// bits on every level that fuses.
///
/// # Source
///
/// Nelder and Wedderburn, "Generalized linear models" (1972).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Gamma;
///
/// let mut grad = [0.0f64; 2];
/// let loss = Gamma::new().loss_and_grad(&[0.0, 0.0], &[1.0, 3.0], &mut grad)?;
/// assert_eq!((loss, grad), (2.0, [0.0, -1.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Gamma<'w, E> = Loss<'w, E, ops::Gamma>;

impl<E: Element> Gamma<'_, E> {
    /// Gamma loss, averaged.
    ///
    /// ```
    /// use gradstep::loss::Gamma;
    ///
    /// assert_eq!(Gamma::new().loss(&[0.0f32], &[2.0]), Ok(2.0));
    /// assert!(Gamma::new().loss(&[0.0f32], &[0.0]).is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(Gamma, |_formula| {} => Self::new());
