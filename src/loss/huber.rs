//! Huber loss.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Half the squared error near the target, absolute error with slope `delta`
/// beyond.
///
/// With `d = prediction - target`, one element costs `d^2 / 2` where
/// `|d| < delta`, else `delta (|d| - delta / 2)`; the derivative is `d`, else
/// `delta sign(d)`. `delta` has the prediction's unit, the loss its square. It is
/// `delta` times [`SmoothL1`](super::SmoothL1) with `beta = delta`. Methods,
/// shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and the derivative ±`delta`.
///
/// # Accuracy
///
/// The derivative is within 0.5 ULP and the value of an element within 3.5 ULP. The
/// same bits on every level.
///
/// # Source
///
/// Huber, "Robust estimation of a location parameter" (1964).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Huber;
///
/// let mut grad = [0.0f32; 2];
/// let loss = Huber::new(2.0)?.loss_and_grad(&[0.5, 3.0], &[0.0, 0.0], &mut grad)?;
/// assert_eq!((loss, grad), (2.0625, [0.25, 1.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Huber<'w, E> = Loss<'w, E, ops::Huber<E>>;

impl<E: Element> Huber<'_, E> {
    /// Quadratic within `delta` of the target.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `delta` is not finite and above 0 in the element type.
    ///
    /// ```
    /// use gradstep::loss::Huber;
    ///
    /// assert!(Huber::<f32>::new(0.0).is_err());
    /// assert_eq!(Huber::new(1.0)?.loss(&[4.0f64], &[1.0])?, 2.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(delta: f64) -> Result<Self, Error> {
        let delta = check::rounded(check::finite_positive, "delta", delta)?;
        Ok(Loss::from_formula(ops::Huber { delta }))
    }

    getters! {
        "loss::Huber::<f32>::new(0.5)?":
        get_delta -> f64 = |this| this.formula.delta.to_f64(), "0.5";
    }
}

stored_loss!(Huber, |formula| { delta: f64 = formula.delta.to_f64() } => Self::new(delta)?);
