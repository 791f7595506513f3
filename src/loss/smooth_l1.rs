//! Smooth L1 loss.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Squared error near the target, absolute error beyond.
///
/// With `d = prediction - target`, one element costs `d^2 / (2 beta)` where
/// `|d| < beta`, else `|d| - beta / 2`; the derivative is `d / beta`, else
/// exactly `sign(d)`. `beta` has the prediction's unit, and the loss too.
/// `beta = 0` is exactly [`L1`](super::L1), with derivative 0 at 0. Methods,
/// shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and the derivative ±1.
///
/// # Accuracy
///
/// The derivative is within 1.5 ULP and the value of an element within 3 ULP.
/// The same bits on every level.
///
/// # Source
///
/// Girshick, "Fast R-CNN" (2015), equation 3, which is `beta = 1`.
///
/// # Examples
///
/// ```
/// use gradstep::loss::SmoothL1;
///
/// let mut grad = [0.0f32; 2];
/// let loss = SmoothL1::new(1.0)?.loss_and_grad(&[0.5, 3.0], &[0.0, 0.0], &mut grad)?;
/// assert_eq!((loss, grad), (1.3125, [0.25, 0.5]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type SmoothL1<'w, E> = Loss<'w, E, ops::SmoothL1<E>>;

impl<E: Element> SmoothL1<'_, E> {
    /// Quadratic within `beta` of the target.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `beta` is negative or not finite in the element type.
    ///
    /// ```
    /// use gradstep::loss::SmoothL1;
    ///
    /// assert!(SmoothL1::<f32>::new(-1.0).is_err());
    /// assert_eq!(SmoothL1::new(0.0)?.loss(&[4.0f64], &[1.0])?, 3.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(beta: f64) -> Result<Self, Error> {
        let beta = check::rounded(check::finite_not_negative, "beta", beta)?;
        let beta = if beta < least() { least() } else { beta };
        Ok(Loss::from_formula(ops::SmoothL1 { beta }))
    }

    getters! {
        "loss::SmoothL1::<f32>::new(0.0)?":
        get_beta -> f64 = |this| told(this.formula.beta), "0.0";
    }
}

/// Nothing is nearer than the least positive number, so it stands for 0 exactly:
/// `|d| - beta / 2` rounds to `|d|`, and `|d| / beta` is never 0 / 0.
fn least<E: Element>() -> E {
    E::from_bits(1)
}

/// What [`least`] stands for, else `beta`.
fn told<E: Element>(beta: E) -> f64 {
    if beta == least() { 0.0 } else { beta.to_f64() }
}

stored_loss!(SmoothL1, |formula| { beta: f64 = told(formula.beta) } => Self::new(beta)?);
