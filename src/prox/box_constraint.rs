//! Projection onto a box.

use super::Prox;
use crate::settings::{getters, stored};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Clamps each element to `low..=high`: the projection onto a box, which is the
/// proximal operator of its indicator, whatever the step size.
///
/// `low` if `x < low`, `high` if `x > high`, else `x`. The bounds have the unit of
/// `x`. The derivative is 1 in `low..=high`, the ends included, else 0. Methods,
/// shapes, errors: [`Prox`].
///
/// # Special values
///
/// NaN stays NaN, -0 becomes +0. A bound may be infinite, and `low = high` leaves
/// one number.
///
/// # Accuracy
///
/// Exact. The same bits on every level.
///
/// # Source
///
/// Parikh and Boyd, "Proximal algorithms" (2014), section 6.2.4.
///
/// # Examples
///
/// ```
/// use gradstep::prox::BoxConstraint;
///
/// let mut weights = [3.0f32, -0.5, 0.25];
/// BoxConstraint::new(0.0, 1.0)?.apply(&mut weights)?;
/// assert_eq!(weights, [1.0, 0.0, 0.25]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type BoxConstraint<E> = Prox<E, ops::BoxConstraint<E>>;

impl<E: Element> BoxConstraint<E> {
    /// Clamps to `low..=high`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if a bound is NaN, or finite and too large for the element type, or
    /// `high` below `low`.
    ///
    /// ```
    /// assert!(gradstep::prox::BoxConstraint::<f32>::new(1.0, 0.0).is_err());
    /// ```
    pub fn new(low: f64, high: f64) -> Result<Self, Error> {
        check::at_least("high", check::number("low", low)?, high)?;
        // Rounding keeps their order.
        let low = check::rounded(check::number, "low", low)?;
        let high = check::rounded(check::number, "high", high)?;
        Ok(Prox::from_formula(ops::BoxConstraint { low, high }))
    }

    getters! {
        "prox::BoxConstraint::<f32>::new(0.5, 2.0)?":
        get_low -> f64 = |this| this.formula.low.to_f64(), "0.5";
        get_high -> f64 = |this| this.formula.high.to_f64(), "2.0";
    }
}

stored!([E: Element] BoxConstraint<E>, |this| {
    low: f64 = this.get_low(),
    high: f64 = this.get_high(),
    #[serde(default)]
    execution: crate::Execution = this.execution,
} => Ok(Self::new(low, high)?.execution(execution)));
