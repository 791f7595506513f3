//! Tweedie loss.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Half of the Tweedie deviance between Poisson and Gamma, up to a constant, on the logarithm
/// of the mean: for totals that are often 0, as claims of insurances are.
///
/// With the power `p`, the logarithm `x` of a mean as prediction and the target `y`, one
/// element costs `y e^((1 - p) x) / (p - 1) + e^((2 - p) x) / (2 - p)`; the derivative is
/// `e^((2 - p) x) - y e^((1 - p) x)`. Methods, shapes, errors: [`Loss`]; a target that is
/// negative or infinite is [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// An infinite prediction costs infinity, save for a target of 0 at -inf, which costs 0.
///
/// # Accuracy
///
/// The value of an element is within 5 ULP, its derivative within 6 ULP of the larger term,
/// the second derivative within 5 ULP, save where `e^((1 - p) x)` alone overflows or is
/// subnormal. The same bits on every level that fuses.
///
/// # Source
///
/// Jørgensen, "Exponential dispersion models" (1987).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Tweedie;
///
/// let mut grad = [0.0f64; 2];
/// let loss = Tweedie::new(1.5)?.loss_and_grad(&[0.0, 0.0], &[0.0, 3.0], &mut grad)?;
/// assert_eq!((loss, grad), (5.0, [0.5, -1.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Tweedie<'w, E> = Loss<'w, E, ops::Tweedie<E>>;

impl<E: Element> Tweedie<'_, E> {
    /// The loss of this power, averaged.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `power` is not above 1 and below 2 in the element type: the ends are
    /// [`Poisson`](super::Poisson) and [`Gamma`](super::Gamma).
    ///
    /// ```
    /// use gradstep::loss::Tweedie;
    ///
    /// assert!(Tweedie::<f32>::new(2.0).is_err());
    /// assert_eq!(Tweedie::new(1.5)?.loss(&[0.0f32], &[1.0])?, 4.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(power: f64) -> Result<Self, Error> {
        let power = check::rounded(check::between_1_and_2, "power", power)?;
        Ok(Loss::from_formula(ops::Tweedie { power }))
    }

    getters! {
        "loss::Tweedie::<f32>::new(1.5)?":
        get_power -> f64 = |this| this.formula.power.to_f64(), "1.5";
    }
}

stored_loss!(Tweedie, |formula| { power: f64 = formula.power.to_f64() } => Self::new(power)?);
