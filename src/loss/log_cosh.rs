//! Log-cosh loss.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Logarithm of the hyperbolic cosine of the error: smooth everywhere.
///
/// With `d = prediction - target`, one element costs `ln cosh d`, with derivative
/// `tanh d`: about `d^2 / 2` near the target and `|d| - ln 2` far away, so it is a
/// [`Huber`](super::Huber) loss without a threshold. `d` has no unit: divide by a scale
/// first. Methods, shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and the derivative ±1; nothing else
/// overflows.
///
/// # Accuracy
///
/// The derivative is within 2 ULP and the value of an element within 5 ULP, however
/// small the difference is. The same bits on every level that has FMA.
///
/// # Source
///
/// Green, "Bayesian reconstructions from emission tomography data using a modified EM
/// algorithm" (1990).
///
/// # Examples
///
/// ```
/// use gradstep::loss::LogCosh;
///
/// let mut grad = [0.0f32; 2];
/// let loss = LogCosh::new().loss_and_grad(&[1e-4, 1e30], &[0.0, 0.0], &mut grad)?;
/// assert_eq!((loss, grad), (f64::from(1e30f32) / 2.0, [5e-5, 0.5]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type LogCosh<'w, E> = Loss<'w, E, ops::LogCosh>;

impl<E: Element> LogCosh<'_, E> {
    /// Log-cosh, averaged.
    ///
    /// ```
    /// let loss = gradstep::loss::LogCosh::new().loss(&[1e-4f32], &[0.0])?;
    /// assert!((loss / 5e-9 - 1.0).abs() < 1e-6);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(LogCosh, |_formula| {} => Self::new());
