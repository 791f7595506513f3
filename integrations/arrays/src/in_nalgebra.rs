//! nalgebra: column after column. What goes through element by element does not mind; rows of
//! logits are columns there, so a matrix of logits is `classes x rows`.
//!
//! ```
//! use gradstep::loss::{CrossEntropy, Mse};
//! use gradstep::update::AdamW;
//! use gradstep_arrays::in_nalgebra::{column, rows};
//! use nalgebra::{DMatrix, DVector};
//!
//! let (p, t) = (DMatrix::from_element(3, 2, 1.0f64), DMatrix::zeros(3, 2));
//! assert_eq!(Mse::new().loss(p.as_slice(), t.as_slice())?, 1.0);
//!
//! let (mut w, g) = (DVector::from_element(4, 1.0f32), DVector::from_element(4, 0.5));
//! let (mut m, mut v) = (DVector::zeros(4), DVector::zeros(4));
//! AdamW::new(0.1)?.step(w.as_mut_slice(), g.as_slice(), m.as_mut_slice(), v.as_mut_slice(), 1)?;
//! assert!(w[0] < 1.0);
//!
//! // Two samples of three logits: a sample is a column.
//! let logits = DMatrix::from_columns(&[
//!     DVector::from_vec(vec![2.0f32, 1.0, 0.0]),
//!     DVector::from_vec(vec![0.0, 0.0, 3.0]),
//! ]);
//! let mut grad = DMatrix::zeros(3, 2);
//! let ce = CrossEntropy::new(logits.nrows())?;
//! let loss = ce.loss_and_grad(logits.as_slice(), &[0u8, 2], grad.as_mut_slice())?;
//! assert!(loss > 0.0 && grad[(0, 0)] < 0.0);
//!
//! // Some of the classes of all samples: the covering slice and the stride.
//! let (part, stride) = rows(&logits, 1..3);
//! let two = CrossEntropy::new(2)?.logits_stride(stride)?;
//! let copied = logits.rows(1, 2).clone_owned();
//! assert_eq!(two.loss(part, &[0u8, 1])?, CrossEntropy::new(2)?.loss(copied.as_slice(), &[0u8, 1])?);
//!
//! // Of a view, columns are slices.
//! assert_eq!(column(&logits.rows(1, 2), 1), [0.0, 3.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A view with gaps between columns, or between the elements of one, is no slice, which the
//! compiler says: nalgebra has `as_slice` for what has no gaps by its type. Copy others by
//! `clone_owned()`.
//!
//! ```compile_fail
//! let m = nalgebra::DMatrix::<f32>::zeros(3, 2);
//! m.rows(1, 2).as_slice(); // the trait `IsContiguous` is not implemented
//! ```

use nalgebra::{DMatrix, Dyn, MatrixView, Scalar, U1};
use std::ops::Range;

/// The slice that covers some rows of all columns, and the stride of columns in it, for
/// `CrossEntropy::logits_stride`. It is cut from the whole matrix: a view does not say what is
/// between its columns.
///
/// # Panics
///
/// If there are no such rows, as nalgebra does.
pub fn rows<E: Scalar>(whole: &DMatrix<E>, rows: Range<usize>) -> (&[E], usize) {
    let (stride, columns) = whole.shape();
    assert!(rows.start < rows.end && rows.end <= stride, "rows {rows:?} of {stride}");
    let end = if columns == 0 { 0 } else { (columns - 1) * stride + rows.end };
    (&whole.as_slice()[rows.start.min(end)..end], stride)
}

/// A column of a view.
///
/// # Panics
///
/// If there is no such column, as nalgebra does.
pub fn column<'a, E: Scalar>(view: &'a MatrixView<'a, E, Dyn, Dyn, U1, Dyn>, j: usize) -> &'a [E] {
    view.column(j).data.into_slice()
}
