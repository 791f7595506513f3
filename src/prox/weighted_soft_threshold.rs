//! Soft-threshold with a threshold of each element.

use super::methods::methods;
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::InOut;
use gradstep_kernels::ops::{self, Task};

/// Shrinks element `i` towards 0 by `lambdas[i]`: the proximal operator of the
/// weighted (adaptive) lasso.
///
/// `sign(x_i) max(|x_i| - lambdas_i, 0)`, in the unit of `x`.
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
/// Those of [`SoftThreshold`](super::SoftThreshold).
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

    methods!(
        "WeightedSoftThreshold::new(&[1.0f32, 0.5])?",
        "as long as the thresholds",
        "[3.0, -0.5]" => "[2.0, 0.0]",
        "[1.0, 0.0]"
    );

    fn fit(&self, len: usize) -> Result<&'l [E], Error> {
        check::length("x", self.lambdas.len(), len)?;
        Ok(self.lambdas)
    }

    #[inline(always)]
    fn run(&self, lambdas: &'l [E], task: Task<'_, E>, count: bool) -> usize {
        split::run(self.execution, ops::WeightedSoftThreshold { lambdas, task, count })
    }
}
