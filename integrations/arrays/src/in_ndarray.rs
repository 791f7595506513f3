//! ndarray: row after row, unless a view says otherwise.
//!
//! ```
//! use gradstep::loss::CrossEntropy;
//! use gradstep_arrays::in_ndarray::{columns, slice, slice_mut};
//! use ndarray::{Array2, array, s};
//!
//! let logits = array![[2.0f32, 1.0, 0.0], [0.0, 0.0, 3.0]];
//! let mut grad = Array2::zeros(logits.raw_dim());
//! let ce = CrossEntropy::new(logits.ncols())?;
//! let loss = ce.loss_and_grad(slice("logits", &logits)?, &[0u8, 2], slice_mut("grad", &mut grad)?)?;
//! assert!(loss > 0.0 && grad[[0, 0]] < 0.0);
//!
//! // Rows one after the other are a part of the slice.
//! let last = logits.slice(s![1.., ..]);
//! assert_eq!(slice("logits", &last)?, [0.0, 0.0, 3.0]);
//!
//! // Some of the columns: the slice that covers them, and from row to row.
//! let (part, stride) = columns("logits", &logits, 1..3)?;
//! let two = CrossEntropy::new(2)?.logits_stride(stride)?;
//! assert_eq!(two.loss(part, &[0u8, 1])?, {
//!     let copied = logits.slice(s![.., 1..3]).as_standard_layout().into_owned();
//!     CrossEntropy::new(2)?.loss(slice("copied", &copied)?, &[0u8, 1])?
//! });
//!
//! // Anything else says what it is.
//! let error = slice("logits", &logits.t()).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "`logits` of shape [3, 2] has strides [1, 3]: copy it by `as_standard_layout()`",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::NotASlice;
use ndarray::{ArrayBase, Data, DataMut, Dimension, Ix2};
use std::ops::Range;

fn refused<E, S: Data<Elem = E>, D: Dimension>(
    argument: &'static str,
    array: &ArrayBase<S, D>,
) -> NotASlice {
    let (shape, strides) = (array.shape().to_vec(), array.strides().to_vec());
    NotASlice { argument, shape, strides, advice: "copy it by `as_standard_layout()`" }
}

/// The elements of an array in standard layout, of any number of axes.
///
/// # Errors
///
/// Where they are in another order or have gaps.
pub fn slice<'a, E, S: Data<Elem = E>, D: Dimension>(
    argument: &'static str,
    array: &'a ArrayBase<S, D>,
) -> Result<&'a [E], NotASlice> {
    array.as_slice().ok_or_else(|| refused(argument, array))
}

/// The same to write to.
///
/// # Errors
///
/// As for [`slice`].
pub fn slice_mut<'a, E, S: DataMut<Elem = E>, D: Dimension>(
    argument: &'static str,
    array: &'a mut ArrayBase<S, D>,
) -> Result<&'a mut [E], NotASlice> {
    let error = refused(argument, array);
    array.as_slice_mut().ok_or(error)
}

/// The slice that covers some columns of all rows, and the stride of rows in it, for
/// `CrossEntropy::logits_stride`. It is cut from the whole array: from a view with gaps nothing
/// safe leads to what is between.
///
/// # Errors
///
/// As for [`slice`].
///
/// # Panics
///
/// If there are no such columns, as ndarray does.
pub fn columns<'a, E, S: Data<Elem = E>>(
    argument: &'static str,
    whole: &'a ArrayBase<S, Ix2>,
    columns: Range<usize>,
) -> Result<(&'a [E], usize), NotASlice> {
    let (rows, stride) = whole.dim();
    assert!(
        columns.start < columns.end && columns.end <= stride,
        "columns {columns:?} of {stride}"
    );
    let all = slice(argument, whole)?;
    let end = if rows == 0 { 0 } else { (rows - 1) * stride + columns.end };
    Ok((&all[columns.start.min(end)..end], stride))
}
