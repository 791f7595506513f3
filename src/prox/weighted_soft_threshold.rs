//! Soft-threshold with a threshold of each element.

use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::InOut;
use gradstep_kernels::ops::{self, Task};

/// Shrinks element `i` towards 0 by `lambdas[i]`: the proximal operator of the
/// weighted (adaptive) lasso.
///
/// As [`SoftThreshold`](super::SoftThreshold), with a threshold of each element.
///
/// # Shapes
///
/// All slices are as long as `lambdas`; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, before anything is written.
///
/// # Special values
///
/// As [`SoftThreshold`](super::SoftThreshold).
///
/// # Accuracy
///
/// Within 0.5 ULP: one subtraction. The same bits on every level.
///
/// # Source
///
/// Zou, "The adaptive lasso and its oracle properties" (2006).
///
/// # Examples
///
/// ```
/// use gradstep::prox::WeightedSoftThreshold;
///
/// let mut weights = [3.0f32, 3.0, -3.0];
/// WeightedSoftThreshold::new(&[0.0, 1.0, 5.0])?.apply(&mut weights)?;
/// assert_eq!(weights, [3.0, 2.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedSoftThreshold<'l, E> {
    lambdas: &'l [E],
    execution: Execution,
}

impl<'l, E: Element> WeightedSoftThreshold<'l, E> {
    /// Shrinks element `i` by `lambdas[i]`.
    ///
    /// # Errors
    ///
    /// [`Error::Element`] at the first threshold that is negative or NaN.
    ///
    /// ```
    /// assert!(gradstep::prox::WeightedSoftThreshold::new(&[1.0f32, -1.0]).is_err());
    /// ```
    pub fn new(lambdas: &'l [E]) -> Result<Self, Error> {
        check::elements_not_negative("lambdas", lambdas)?;
        Ok(Self { lambdas, execution: Execution::new() })
    }

    execution!(
        execution,
        "prox::WeightedSoftThreshold::new(&[1.0])?",
        "alone.apply(&mut [3.0f32])?;"
    );

    /// Replaces `x` by its shrunk self.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is not as long as the thresholds.
    ///
    /// ```
    /// let mut x = [3.0f32, -0.5];
    /// gradstep::prox::WeightedSoftThreshold::new(&[1.0, 0.25])?.apply(&mut x)?;
    /// assert_eq!(x, [2.0, -0.25]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply(&self, x: &mut [E]) -> Result<(), Error> {
        self.run("x", Task::Apply(x.into()), false).map(drop)
    }

    /// As [`apply`](Self::apply), and counts the zeros that `x` then has, in the same
    /// pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is not as long as the thresholds.
    ///
    /// ```
    /// let mut x = [3.0f32, -0.5];
    /// let soft = gradstep::prox::WeightedSoftThreshold::new(&[1.0, 1.0])?;
    /// assert_eq!(soft.apply_and_count(&mut x)?, 1);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_and_count(&self, x: &mut [E]) -> Result<usize, Error> {
        self.run("x", Task::Apply(x.into()), true)
    }

    /// Writes the shrunk `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// let soft = gradstep::prox::WeightedSoftThreshold::new(&[1.0, 0.25])?;
    /// soft.apply_into(&[3.0, -0.5], &mut out)?;
    /// assert_eq!(out, [2.0, -0.25]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        self.into(x, out, false).map(drop)
    }

    /// As [`apply_into`](Self::apply_into), and counts the zeros of `out`, in the
    /// same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// let soft = gradstep::prox::WeightedSoftThreshold::new(&[1.0, 1.0])?;
    /// assert_eq!(soft.apply_into_and_count(&[3.0, -0.5], &mut out)?, 1);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into_and_count(&self, x: &[E], out: &mut [E]) -> Result<usize, Error> {
        self.into(x, out, true)
    }

    /// Writes the gradient with respect to `x`: `upstream[i]` where
    /// `|x[i]| > lambdas[i]`, else 0.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut grad = [0.0f32; 2];
    /// let soft = gradstep::prox::WeightedSoftThreshold::new(&[1.0, 1.0])?;
    /// soft.backward(&[3.0, -0.5], &[7.0, 7.0], &mut grad)?;
    /// assert_eq!(grad, [7.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward(&self, x: &[E], upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
        check::length("x", self.lambdas.len(), x.len())?;
        check::length("upstream", self.lambdas.len(), upstream.len())?;
        self.run("grad", Task::Backward { at: x, upstream, grad }, false).map(drop)
    }

    fn into(&self, x: &[E], out: &mut [E], count: bool) -> Result<usize, Error> {
        check::length("x", self.lambdas.len(), x.len())?;
        check::length("out", self.lambdas.len(), out.len())?;
        self.run("out", Task::Apply(InOut::apart(x, out)), count)
    }

    /// The last check is that of the slice that is written.
    fn run(
        &self,
        written: &'static str,
        task: Task<'_, E>,
        count: bool,
    ) -> Result<usize, Error> {
        let Self { lambdas, execution } = *self;
        check::length(written, lambdas.len(), task.len())?;
        Ok(split::run(execution, ops::WeightedSoftThreshold { lambdas, task, count }))
    }
}
