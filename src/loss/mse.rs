//! Mean squared error.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Squared error.
///
/// `(prediction - target)^2`, with derivative `2 (prediction - target)`. The unit
/// is the square of the prediction's. Methods, shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and gradient; a square too large
/// for the type is infinite.
///
/// # Accuracy
///
/// The derivative is within 0.5 ULP and the value of an element within 2 ULP.
/// The same bits on every level.
///
/// # Source
///
/// Gauss, "Theoria combinationis observationum erroribus minimis obnoxiae" (1823).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Mse;
///
/// let mut grad = [0.0f32; 2];
/// let loss = Mse::new().loss_and_grad(&[0.5, 3.0], &[0.0, 0.0], &mut grad)?;
/// assert_eq!((loss, grad), (4.625, [0.5, 3.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Mse<'w, E> = Loss<'w, E, ops::Mse>;

impl<E: Element> Mse<'_, E> {
    /// Squared error, averaged.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::Mse::new().loss(&[2.0f64], &[1.0]), Ok(1.0));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(Mse, |_formula| {} => Self::new());
