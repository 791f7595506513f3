//! Logarithm of the softmax over rows.

use super::AnySoftmax;

/// Logarithm of the softmax over rows.
///
/// `y_j = x_j - ln(sum_i exp(x_i)) = (x_j - m) - ln(sum_i exp(x_i - m))`, `m = max x`, with the
/// gradient `grad_j = upstream_j - exp(y_j) sum_i upstream_i`
///
/// Shapes, errors and source: see [`AnySoftmax`].
///
/// # Special values
///
/// -inf gives -inf. A row that is -inf throughout, or has +inf or NaN, is NaN, and no other
/// row.
///
/// # Accuracy
///
/// Within 4 ULP, however small: two terms of one sign. `backward` within an ULP for
/// each unit of the largest `-y`, which the exponential amplifies.
///
/// # Examples
///
/// ```
/// use gradstep::LogSoftmax;
///
/// let mut x = [1e8f64, 1e8, 7.0, f64::NEG_INFINITY];
/// LogSoftmax::new(2)?.apply(&mut x)?;
/// assert_eq!(x, [-2f64.ln(), -2f64.ln(), 0.0, f64::NEG_INFINITY]);
///
/// let mut grad = [0.0; 2];
/// LogSoftmax::new(2)?.backward(&x[..2], &[1.0, 0.0], &mut grad)?;
/// assert_eq!(grad, [0.5, -0.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type LogSoftmax = AnySoftmax<true>;
