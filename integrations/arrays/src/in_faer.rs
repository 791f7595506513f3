//! faer: column after column, each padded to a multiple of a register, so that only a column is
//! a slice. One call takes a list of them where there is one for lists; what has no order among
//! elements goes column by column. A sample of logits is a column.
//!
//! ```
//! use faer::{Mat, mat};
//! use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
//! use gradstep::{Reduction, update::ProxSgd};
//! use gradstep_arrays::in_faer::{column, tensors};
//!
//! // Three weights in each of two columns; a matrix may have room between them.
//! let mut w: Mat<f32> = mat![[0.3, 0.01], [-0.2, 0.0], [0.5, -0.04]];
//! let g = Mat::<f32>::zeros(3, 2);
//! ProxSgd::new(0.1)?.l1(0.5)?.step_many(&mut tensors(&mut w, &g))?;
//! assert_eq!((w[(0, 0)], w[(0, 1)], w[(2, 1)]), (0.25, 0.0, 0.0));
//!
//! // Two samples of three logits, column by column, over the rows of both.
//! let logits: Mat<f64> = mat![[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]];
//! let mut grad = Mat::<f64>::zeros(3, 2);
//! let ce = CrossEntropy::new(3)?.reduction(Reduction::DivideBy(2.0));
//! let mut sum = LossSum::default();
//! for (j, target) in [0u8, 2].into_iter().enumerate() {
//!     let logits = Logits::Grad(column("logits", logits.as_ref(), j)?, grad.col_as_slice_mut(j));
//!     sum += ce.evaluate(logits, &[target], Outputs::default())?;
//! }
//! let all = [2.0, 1.0, 0.0, 0.0, 0.0, 3.0];
//! assert!((sum.mean() - CrossEntropy::new(3)?.loss(&all, &[0u8, 2])?).abs() < 1e-15);
//!
//! // A column of a transposed matrix is no slice.
//! let error = column("logits", logits.transpose(), 0).unwrap_err();
//! assert!(error.to_string().contains("copy it by `to_owned()`"), "{error}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::NotASlice;
use faer::{Mat, MatRef};
use gradstep::update::Tensor;

/// A column of a view whose columns have no gaps in them.
///
/// # Errors
///
/// If its elements do not follow each other.
///
/// # Panics
///
/// If there is no such column.
pub fn column<'a, E>(
    argument: &'static str,
    matrix: MatRef<'a, E>,
    j: usize,
) -> Result<&'a [E], NotASlice> {
    match matrix.col(j).try_as_col_major() {
        Some(column) => Ok(column.as_slice()),
        None => Err(NotASlice {
            argument,
            shape: vec![matrix.nrows(), matrix.ncols()],
            strides: vec![matrix.row_stride(), matrix.col_stride()],
            advice: "copy it by `to_owned()`",
        }),
    }
}

/// The columns of weights and gradient, for the `step_many` of an update without state; with
/// state its columns go into `state` in the same way.
///
/// # Panics
///
/// If the shapes differ.
pub fn tensors<'a, E>(w: &'a mut Mat<E>, g: &'a Mat<E>) -> Vec<Tensor<'a, E, 0>> {
    assert_eq!((w.nrows(), w.ncols()), (g.nrows(), g.ncols()), "weights and gradient");
    let columns = w.as_mut().col_iter_mut().zip(g.col_iter());
    let slices = columns.map(|(w, g)| {
        let w = w.try_as_col_major_mut().expect("an owned matrix has whole columns");
        (w.as_slice_mut(), g.try_as_col_major().expect("an owned matrix").as_slice())
    });
    slices.map(|(w, g)| Tensor { w, g, state: [] }).collect()
}
