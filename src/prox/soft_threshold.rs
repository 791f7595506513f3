//! Soft-threshold.

use super::Prox;
use crate::settings::{getters, stored};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Shrinks each element towards 0 by `lambda`, in place: the proximal operator of
/// the L1 norm.
///
/// `x - lambda` if `x > lambda`, `x + lambda` if `x < -lambda`, else +0. With
/// options, other buffers, or for its derivative: [`SoftThreshold`].
///
/// # Errors
///
/// [`Error::Parameter`] as of [`SoftThreshold::new`]; `x` is then untouched.
///
/// # Special values
///
/// See [`SoftThreshold`].
///
/// # Examples
///
/// ```
/// let mut weights = [3.0f32, -0.5, 1.0, -2.0];
/// gradstep::prox::soft_threshold(&mut weights, 1.0)?;
/// assert_eq!(weights, [2.0, 0.0, 0.0, -1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn soft_threshold<E: Element>(x: &mut [E], lambda: f64) -> Result<(), Error> {
    SoftThreshold::new(lambda)?.apply(x)
}

/// Shrinks each element towards 0 by `lambda`: the proximal operator of
/// `lambda` times the L1 norm.
///
/// `x - lambda` if `x > lambda`, `x + lambda` if `x < -lambda`, else +0. `lambda`
/// has the unit of `x`. The derivative is 1 where `|x| > lambda`, else 0. Methods,
/// shapes, errors: [`Prox`].
///
/// # Special values
///
/// NaN stays NaN. The result is +0 at `|x| = lambda`, and never -0. `lambda = 0`
/// is the identity, save that -0 becomes +0; `lambda` infinite makes every number
/// 0, infinities too.
///
/// # Accuracy
///
/// Within 0.5 ULP: one subtraction. The same bits on every level.
///
/// # Source
///
/// Donoho and Johnstone, "Ideal spatial adaptation by wavelet shrinkage" (1994).
///
/// # Examples
///
/// ```
/// use gradstep::prox::SoftThreshold;
///
/// let soft = SoftThreshold::new(0.5)?;
/// let mut out = [0.0; 3];
/// soft.apply_into(&[2.0f64, -0.25, -1.0], &mut out)?;
/// assert_eq!(out, [1.5, 0.0, -0.5]);
///
/// let mut grad = [0.0; 3];
/// soft.backward(&[2.0, -0.25, -1.0], &[10.0, 10.0, 10.0], &mut grad)?;
/// assert_eq!(grad, [10.0, 0.0, 10.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type SoftThreshold<E> = Prox<E, ops::SoftThreshold<E>>;

impl<E: Element> SoftThreshold<E> {
    /// Shrinks by `lambda`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or NaN, or finite and too large for the
    /// element type.
    ///
    /// ```
    /// assert!(gradstep::prox::SoftThreshold::<f32>::new(-1.0).is_err());
    /// ```
    pub fn new(lambda: f64) -> Result<Self, Error> {
        let lambda = check::rounded(check::not_negative, "lambda", lambda)?;
        Ok(Prox::from_formula(ops::SoftThreshold { lambda }))
    }

    getters! {
        "prox::SoftThreshold::<f32>::new(0.5)?":
        get_lambda -> f64 = |this| this.formula.lambda.to_f64(), "0.5";
    }
}

stored!([E: Element] SoftThreshold<E>, |this| {
    lambda: f64 = this.get_lambda(),
    #[serde(default)]
    execution: crate::Execution = this.execution,
} => Ok(Self::new(lambda)?.execution(execution)));
