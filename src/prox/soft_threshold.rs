//! Soft-threshold.

use crate::{Element, Error, Execution, check, split};
use gradstep_kernels::ops;

/// Shrinks each element towards 0 by `lambda`, in place: the proximal operator of
/// the L1 norm.
///
/// `x - lambda` if `x > lambda`, `x + lambda` if `x < -lambda`, else +0. With
/// options, other buffers, or for its derivative: [`SoftThreshold`].
///
/// # Errors
///
/// [`Error::Parameter`] if `lambda` is negative or NaN; `x` is then untouched.
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
pub fn soft_threshold<E: Element>(x: &mut [E], lambda: E) -> Result<(), Error> {
    SoftThreshold::new(lambda)?.apply(x);
    Ok(())
}

/// Shrinks each element towards 0 by `lambda`: the proximal operator of
/// `lambda` times the L1 norm.
///
/// `x - lambda` if `x > lambda`, `x + lambda` if `x < -lambda`, else +0. `lambda`
/// has the unit of `x`.
///
/// # Shapes
///
/// All slices have the same length; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, before anything is written.
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
/// let soft = SoftThreshold::new(0.5f64)?;
/// let mut out = [0.0; 3];
/// soft.apply_into(&[2.0, -0.25, -1.0], &mut out)?;
/// assert_eq!(out, [1.5, 0.0, -0.5]);
///
/// let mut grad = [0.0; 3];
/// soft.backward(&[2.0, -0.25, -1.0], &[10.0, 10.0, 10.0], &mut grad)?;
/// assert_eq!(grad, [10.0, 0.0, 10.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftThreshold<E> {
    lambda: E,
    execution: Execution,
}

impl<E: Element> SoftThreshold<E> {
    /// Shrinks by `lambda`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or NaN.
    ///
    /// ```
    /// assert!(gradstep::prox::SoftThreshold::new(-1.0f32).is_err());
    /// ```
    pub fn new(lambda: E) -> Result<Self, Error> {
        check::not_negative("lambda", lambda.to_f64())?;
        Ok(Self { lambda, execution: Execution::new() })
    }

    /// How to run.
    ///
    /// ```
    /// use gradstep::{Execution, prox::SoftThreshold};
    ///
    /// let soft = SoftThreshold::new(1.0f32)?.execution(Execution::new().sequential());
    /// let mut x = [3.0];
    /// soft.apply(&mut x);
    /// assert_eq!(x, [2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn execution(self, execution: Execution) -> Self {
        Self { execution, ..self }
    }

    /// Replaces `x` by its shrunk self.
    ///
    /// ```
    /// let mut x = [3.0f32, -0.5];
    /// gradstep::prox::SoftThreshold::new(1.0)?.apply(&mut x);
    /// assert_eq!(x, [2.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply(&self, x: &mut [E]) {
        split::run(self.execution, ops::SoftThreshold { x, lambda: self.lambda });
    }

    /// Writes the shrunk `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// gradstep::prox::SoftThreshold::new(1.0)?.apply_into(&[3.0, -0.5], &mut out)?;
    /// assert_eq!(out, [2.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", x.len(), out.len())?;
        split::run(self.execution, ops::SoftThresholdInto { x, lambda: self.lambda, out });
        Ok(())
    }

    /// Writes the gradient with respect to `x`: `upstream[i]` where
    /// `|x[i]| > lambda`, else 0.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut grad = [0.0f32; 2];
    /// gradstep::prox::SoftThreshold::new(1.0)?.backward(&[3.0, -0.5], &[7.0, 7.0], &mut grad)?;
    /// assert_eq!(grad, [7.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward(&self, x: &[E], upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
        check::length("upstream", x.len(), upstream.len())?;
        check::length("grad", x.len(), grad.len())?;
        let lambda = self.lambda;
        split::run(self.execution, ops::SoftThresholdBackward { x, lambda, upstream, grad });
        Ok(())
    }
}
