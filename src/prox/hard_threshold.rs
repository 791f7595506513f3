//! Hard threshold.

use super::Prox;
use crate::settings::{getters, stored};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Keeps each element that is larger than `lambda` as it is and makes the others 0:
/// the proximal operator of `lambda^2 / 2` times the number of elements that are
/// not 0.
///
/// `x` if `|x| > lambda`, else +0. `lambda` has the unit of `x`. The derivative is 1
/// where `|x| > lambda`, else 0. The penalty is not convex: at `|x| = lambda` both 0
/// and `x` are minimisers, and 0 is chosen. Methods, shapes, errors: [`Prox`].
///
/// # Special values
///
/// NaN stays NaN. `lambda = 0` is the identity, save that -0 becomes +0; `lambda`
/// infinite makes every number 0, infinities too.
///
/// # Accuracy
///
/// Exact. The same bits on every level.
///
/// # Source
///
/// Donoho and Johnstone, "Ideal spatial adaptation by wavelet shrinkage" (1994);
/// Blumensath and Davies, "Iterative thresholding for sparse approximations" (2008).
///
/// # Examples
///
/// ```
/// use gradstep::prox::HardThreshold;
///
/// let mut weights = [3.0f32, -0.5, -2.0];
/// HardThreshold::new(1.0)?.apply(&mut weights)?;
/// assert_eq!(weights, [3.0, 0.0, -2.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type HardThreshold<E> = Prox<E, ops::HardThreshold<E>>;

impl<E: Element> HardThreshold<E> {
    /// Keeps what is larger than `lambda`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or NaN, or finite and too large for the
    /// element type.
    ///
    /// ```
    /// assert!(gradstep::prox::HardThreshold::<f64>::new(-1.0).is_err());
    /// ```
    pub fn new(lambda: f64) -> Result<Self, Error> {
        let lambda = check::rounded(check::not_negative, "lambda", lambda)?;
        Ok(Prox::from_formula(ops::HardThreshold { lambda }))
    }

    getters! {
        "prox::HardThreshold::<f32>::new(0.5)?":
        get_lambda -> f64 = |this| this.formula.lambda.to_f64(), "0.5";
    }
}

stored!([E: Element] HardThreshold<E>, |this| {
    lambda: f64 = this.get_lambda(),
    #[serde(default)]
    execution: crate::Execution = this.execution,
} => Ok(Self::new(lambda)?.execution(execution)));
