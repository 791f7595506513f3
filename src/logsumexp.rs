//! Logarithm of the sum of exponentials over rows.

use crate::{Element, Error, Execution, check, split};
use gradstep_kernels::ops::{self, Logits};

/// Writes `ln(sum_j exp(x_j))` of each row of `x` to `out`.
///
/// With `m = max x` it is computed as `m + ln(sum_j exp(x_j - m))`, so that logits
/// of 1e8 are fine.
///
/// # Shapes
///
/// `x`: `[rows, classes]`, row after row; `out`: `[rows]`, overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] if `classes` is 0, [`Error::Length`] if `x` is not
/// `out.len()` rows of `classes`. A refused call writes nothing.
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
/// let mut out = [0.0f64; 2];
/// gradstep::logsumexp(&[1e8, 1e8, 3.0, f64::NEG_INFINITY], 2, &mut out)?;
/// assert_eq!(out, [1e8 + 2f64.ln(), 3.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn logsumexp<E: Element>(x: &[E], classes: usize, out: &mut [E]) -> Result<(), Error> {
    logsumexp_with(Execution::new(), x, classes, out)
}

/// [`logsumexp`], run as `execution` says.
///
/// # Errors
///
/// See [`logsumexp`].
///
/// # Examples
///
/// ```
/// let mut out = [0.0f32];
/// let execution = gradstep::Execution::new().sequential();
/// gradstep::logsumexp_with(execution, &[7.0], 1, &mut out)?;
/// assert_eq!(out, [7.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn logsumexp_with<E: Element>(
    execution: Execution,
    x: &[E],
    classes: usize,
    out: &mut [E],
) -> Result<(), Error> {
    check::at_least_one("classes", classes as u64)?;
    let rows = out.len();
    let expected = rows.checked_mul(classes).ok_or(Error::Shape { rows, classes })?;
    check::length("x", expected, x.len())?;
    split::run(execution, ops::LogSumExp { x, out });
    Ok(())
}

/// Writes `upstream[i]` times the gradient of row `i`'s [`logsumexp`], which is the
/// softmax, to row `i` of `grad`.
///
/// # Errors
///
/// [`Error::Parameter`] if `classes` is 0, [`Error::Length`] if lengths do not fit.
///
/// # Examples
///
/// ```
/// let mut grad = [0.0f64; 2];
/// gradstep::logsumexp_backward(&[5.0, 5.0], 2, &[4.0], &mut grad)?;
/// assert_eq!(grad, [2.0, 2.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn logsumexp_backward<E: Element>(
    x: &[E],
    classes: usize,
    upstream: &[E],
    grad: &mut [E],
) -> Result<(), Error> {
    check::at_least_one("classes", classes as u64)?;
    let rows = upstream.len();
    let expected = rows.checked_mul(classes).ok_or(Error::Shape { rows, classes })?;
    check::length("x", expected, x.len())?;
    check::length("grad", expected, grad.len())?;
    let logits = Logits::Grad(x, grad);
    let kernel = ops::Softmax { logits, classes, upstream: Some(upstream) };
    split::run(Execution::new(), kernel);
    Ok(())
}
