//! Mean absolute error.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use gradstep_kernels::ops;

/// Absolute error.
///
/// `|prediction - target|`, with derivative `sign(prediction - target)`, which is
/// 0 where they are equal. The unit is the prediction's. Methods, shapes, errors:
/// [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and the derivative ±1.
///
/// # Accuracy
///
/// The derivative is exact and the value of an element within 0.5 ULP. The same
/// bits on every level.
///
/// # Source
///
/// Laplace, "Mémoire sur la probabilité des causes par les événements" (1774).
///
/// # Examples
///
/// ```
/// use gradstep::loss::L1;
///
/// let mut grad = [0.0f32; 4];
/// let loss = L1::new().loss_and_grad(&[0.5, -3.5, 1.0, 0.0], &[0.0, 0.0, 1.0, 0.0], &mut grad)?;
/// assert_eq!((loss, grad), (1.0, [0.25, -0.25, 0.0, 0.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type L1<'w, E> = Loss<'w, E, ops::L1>;

impl<E: Element> L1<'_, E> {
    /// Absolute error, averaged.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::L1::new().loss(&[2.0f64], &[1.0]), Ok(1.0));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

stored_loss!(L1, |_formula| {} => Self::new());
