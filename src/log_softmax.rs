//! Logarithm of the softmax over rows.

use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::ops::{self, Logits};

/// Logarithm of the softmax over rows.
///
/// `y_j = x_j - ln(sum_i exp(x_i)) = (x_j - m) - ln(sum_i exp(x_i - m))`, `m = max x`
///
/// # Shapes
///
/// All slices are `[rows, classes]`, row after row; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] for 0 classes; [`Error::Length`] for slices of different
/// lengths, or that are no whole rows. A refused call writes nothing.
///
/// # Special values
///
/// -inf gives -inf. A row that is -inf throughout,
/// or has +inf or NaN, is NaN, and no other row.
///
/// # Accuracy
///
/// Within 4 ULP, however small: two terms of one sign. `backward` within an ULP for
/// each unit of the largest `-y`, which the exponential amplifies. The same bits for
/// any number of threads and on every level that fuses.
///
/// # Source
///
/// Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax
/// functions" (2021).
///
/// # Examples
///
/// ```
/// use gradstep::LogSoftmax;
///
/// let mut x = [1e8f64, 1e8, 7.0, f64::NEG_INFINITY];
/// LogSoftmax::new(2)?.apply_in_place(&mut x)?;
/// assert_eq!(x, [-2f64.ln(), -2f64.ln(), 0.0, f64::NEG_INFINITY]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSoftmax {
    classes: usize,
    execution: Execution,
}

impl LogSoftmax {
    /// Over rows of `classes` elements.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `classes` is 0.
    ///
    /// ```
    /// assert!(gradstep::LogSoftmax::new(0).is_err());
    /// ```
    pub fn new(classes: usize) -> Result<Self, Error> {
        check::at_least_one("classes", classes as u64)?;
        Ok(Self { classes, execution: Execution::new() })
    }

    execution!(execution, "LogSoftmax::new(1)?", "alone.apply_in_place(&mut [0.0f32])?;");

    /// Writes the logarithmic softmax of `x` to `out`.
    ///
    /// # Errors
    ///
    /// See [`LogSoftmax`].
    ///
    /// ```
    /// let mut out = [0.5f64];
    /// gradstep::LogSoftmax::new(1)?.apply(&[3.0], &mut out)?;
    /// assert_eq!(out, [0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply<E: Element>(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::whole_rows("x", self.classes, x.len())?;
        check::length("out", x.len(), out.len())?;
        self.run(Logits::Grad(x, out));
        Ok(())
    }

    /// Replaces `x` by its logarithmic softmax. The same bits as [`apply`](Self::apply).
    ///
    /// # Errors
    ///
    /// See [`LogSoftmax`].
    ///
    /// ```
    /// let mut x = [3.0f64];
    /// gradstep::LogSoftmax::new(1)?.apply_in_place(&mut x)?;
    /// assert_eq!(x, [0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_in_place<E: Element>(&self, x: &mut [E]) -> Result<(), Error> {
        check::whole_rows("x", self.classes, x.len())?;
        self.run(Logits::InPlace(x));
        Ok(())
    }

    /// Writes the gradient with respect to `x`, from the result `y` and the gradient
    /// `upstream` with respect to it, to `grad`:
    /// `grad_j = upstream_j - exp(y_j) sum_i upstream_i`.
    ///
    /// # Errors
    ///
    /// See [`LogSoftmax`].
    ///
    /// ```
    /// let mut grad = [0.0f64; 2];
    /// gradstep::LogSoftmax::new(2)?.backward(&[-2f64.ln(), -2f64.ln()], &[1.0, 0.0], &mut grad)?;
    /// assert_eq!(grad, [0.5, -0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<E: Element>(
        &self,
        y: &[E],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        let classes = self.classes;
        check::whole_rows("y", classes, y.len())?;
        check::length("upstream", y.len(), upstream.len())?;
        check::length("grad", y.len(), grad.len())?;
        let kernel = ops::SoftmaxBackward { y, upstream, grad, classes, logarithm: true };
        split::run(self.execution, kernel);
        Ok(())
    }

    fn run<E: Element>(&self, logits: Logits<'_, E>) {
        split::run(self.execution, ops::LogSoftmax { logits, classes: self.classes });
    }
}
