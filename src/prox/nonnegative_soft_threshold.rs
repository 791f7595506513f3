//! Soft-threshold onto the non-negative numbers.

use super::Prox;
use crate::settings::{getters, stored};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Shrinks each element by `lambda` and cuts off what falls below 0: the proximal
/// operator of `lambda` times the L1 norm of non-negative weights.
///
/// `x - lambda` if `x > lambda`, else +0. `lambda` has the unit of `x`. The
/// derivative is 1 where `x > lambda`, else 0. Methods, shapes, errors: [`Prox`].
///
/// # Special values
///
/// NaN stays NaN. The result is never -0. `lambda = 0` projects onto the
/// non-negative numbers; `lambda` infinite makes every number 0, infinities too.
///
/// # Accuracy
///
/// Within 0.5 ULP: one subtraction. The same bits on every level.
///
/// # Source
///
/// Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.2, with the indicator
/// of the non-negative numbers added.
///
/// # Examples
///
/// ```
/// use gradstep::prox::NonnegativeSoftThreshold;
///
/// let mut weights = [3.0f32, -3.0, 0.5];
/// NonnegativeSoftThreshold::new(1.0)?.apply(&mut weights)?;
/// assert_eq!(weights, [2.0, 0.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type NonnegativeSoftThreshold<E> = Prox<E, ops::NonnegativeSoftThreshold<E>>;

impl<E: Element> NonnegativeSoftThreshold<E> {
    /// Shrinks by `lambda`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or NaN, or finite and too large for the
    /// element type.
    ///
    /// ```
    /// assert!(gradstep::prox::NonnegativeSoftThreshold::<f64>::new(f64::NAN).is_err());
    /// ```
    pub fn new(lambda: f64) -> Result<Self, Error> {
        let lambda = check::rounded(check::not_negative, "lambda", lambda)?;
        Ok(Prox::from_formula(ops::NonnegativeSoftThreshold { lambda }))
    }

    getters! {
        "prox::NonnegativeSoftThreshold::<f32>::new(0.5)?":
        get_lambda -> f64 = |this| this.formula.lambda.to_f64(), "0.5";
    }
}

stored!([E: Element] NonnegativeSoftThreshold<E>, |this| {
    lambda: f64 = this.get_lambda(),
    #[serde(default)]
    execution: crate::Execution = this.execution,
} => Ok(Self::new(lambda)?.execution(execution)));
