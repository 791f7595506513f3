//! Solutions in closed form, by faer: the reference for what our steps only approach.
//!
//! A crate of its own, of functions that are not generic: faer compiles its kernels for
//! matrices where they are used, and here they need no optimisation.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};

/// The `w` of the least `|y - X w|^2 + alpha |w|^2`, by Cholesky's factors; `None` where
/// there are none, which no `alpha > 0` brings about. `x` is row after row.
pub fn ridge(x: &[f64], y: &[f64], alpha: f64) -> Option<Vec<f64>> {
    let (rows, columns) = (y.len(), x.len() / y.len());
    let x = MatRef::from_row_major_slice(x, rows, columns);
    let y = MatRef::from_column_major_slice(y, rows, 1);
    let mut gram: Mat<f64> = x.transpose() * x;
    (0..columns).for_each(|j| gram[(j, j)] += alpha);
    let w = gram.llt(Side::Lower).ok()?.solve(x.transpose() * y);
    Some((0..columns).map(|j| w[(j, 0)]).collect())
}
