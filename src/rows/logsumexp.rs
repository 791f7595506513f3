//! Logarithm of the sum of exponentials over rows.

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::ops::{self, Logits};

/// Logarithm of the sum of exponentials over rows, `ln(sum_j exp(x_j))`.
///
/// With `m = max x` it is computed as `m + ln(sum_j exp(x_j - m))`, so that logits
/// of 1e8 are fine. Its gradient is the softmax of the row.
///
/// # Shapes
///
/// `x` and its gradient: `[rows, classes]`, row after row; results and `upstream`: `[rows]`.
/// Outputs are overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] for 0 classes; [`Error::Length`] for slices that do not fit to the
/// rows; [`Error::Shape`] for more elements than can be addressed. A refused call writes
/// nothing.
///
/// # Special values
///
/// -inf is a masked class and adds nothing. A row that is -inf throughout, or has
/// +inf or NaN, is NaN, and no other row.
///
/// # Accuracy
///
/// Within 4 ULP of the larger of `|m|` and the logarithm. The same bits for any
/// number of threads and on every level that fuses.
///
/// # Source
///
/// Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax
/// functions" (2021).
///
/// # Examples
///
/// ```
/// use gradstep::LogSumExp;
///
/// let mut out = [0.0f64; 2];
/// LogSumExp::new(2)?.apply_into(&[1e8, 1e8, 3.0, f64::NEG_INFINITY], &mut out)?;
/// assert_eq!(out, [1e8 + 2f64.ln(), 3.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSumExp {
    classes: usize,
    execution: Execution,
}

impl LogSumExp {
    /// Over rows of `classes` elements.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `classes` is 0.
    ///
    /// ```
    /// assert!(gradstep::LogSumExp::new(0).is_err());
    /// ```
    pub fn new(classes: usize) -> Result<Self, Error> {
        check::at_least_one("classes", classes as u64)?;
        Ok(Self { classes, execution: Execution::new() })
    }

    getters! {
        "LogSumExp::new(3)?":
        get_classes -> usize = |this| this.classes, "3";
    }

    execution!(execution, "LogSumExp::new(1)?", "alone.apply_into(&[7.0f32], &mut [0.0])?;");

    /// Writes the logarithm of each row of `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is not `out.len()` rows, [`Error::Shape`] if so many can't be.
    ///
    /// ```
    /// let mut out = [0.0f32];
    /// gradstep::LogSumExp::new(1)?.apply_into(&[7.0], &mut out)?;
    /// assert_eq!(out, [7.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into<E: Element>(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::rows("x", out.len(), self.classes, self.classes, x.len())?;
        split::run(self.execution, ops::LogSumExp { x, out });
        Ok(())
    }

    /// Writes the gradient with respect to `x`, `upstream[i]` times the softmax of row `i`, to
    /// `grad`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` or `grad` is not `upstream.len()` rows, [`Error::Shape`] if so
    /// many can't be.
    ///
    /// ```
    /// let mut grad = [0.0f64; 2];
    /// gradstep::LogSumExp::new(2)?.backward(&[5.0, 5.0], &[4.0], &mut grad)?;
    /// assert_eq!(grad, [2.0, 2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<E: Element>(
        &self,
        x: &[E],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        let classes = self.classes;
        check::rows("x", upstream.len(), classes, classes, x.len())?;
        check::length("grad", x.len(), grad.len())?;
        let logits = Logits::Grad(x, grad);
        split::run(self.execution, ops::Softmax { logits, classes, upstream: Some(upstream) });
        Ok(())
    }
}

stored!([] LogSumExp, |this| {
    classes: usize = this.get_classes(),
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new(classes)?.execution(execution)));
