//! The three matrix products, by faer, in tiles of constant size: each is one task on one
//! thread, so that the bits do not depend on the number of threads.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use gradstep::Element;
use rayon::prelude::*;

/// Element types that both crates have.
pub trait Real: Element + faer::traits::RealField + gradstep::loss::AnyTarget<Self> {}
impl Real for f32 {}
impl Real for f64 {}

/// Classes of a tile: with 256 rows enough work that a task costs nothing beside it.
const CLASSES: usize = 1024;
/// Rows and columns of a tile of the hidden states' gradient.
const ROWS: usize = 128;
const COLUMNS: usize = 256;

/// `columns` values in each row, row after row.
fn matrix<E: Real>(values: &[E], columns: usize) -> MatRef<'_, E> {
    MatRef::from_row_major_slice(values, values.len() / columns, columns)
}

fn matrix_mut<E: Real>(values: &mut [E], columns: usize) -> MatMut<'_, E> {
    let rows = values.len() / columns;
    MatMut::from_row_major_slice_mut(values, rows, columns)
}

fn multiply<E: Real>(out: MatMut<'_, E>, accum: Accum, a: MatRef<'_, E>, b: MatRef<'_, E>) {
    matmul(out, accum, a, b, E::from_f64(1.0), Par::Seq);
}

/// `logits := hidden weights^T + bias`
pub(crate) fn logits<E: Real>(
    hidden: &[E],
    weights: &[E],
    bias: Option<&[E]>,
    width: usize,
    logits: &mut [E],
) {
    let classes = weights.len() / width;
    if let Some(bias) = bias {
        logits.par_chunks_mut(classes).for_each(|row| row.copy_from_slice(bias));
    }
    let accum = if bias.is_some() { Accum::Add } else { Accum::Replace };
    let hidden = matrix(hidden, width);
    let tiles = matrix_mut(logits, classes).par_col_chunks_mut(CLASSES);
    tiles.zip(matrix(weights, width).par_row_chunks(CLASSES)).for_each(|(out, weights)| {
        multiply(out, accum, hidden, weights.transpose());
    });
}

/// `grad (+)= d^T hidden`, for the derivatives `d` of the loss by the logits.
pub(crate) fn weights_grad<E: Real>(
    d: &[E],
    hidden: &[E],
    width: usize,
    is_first: bool,
    grad: &mut [E],
) {
    let classes = grad.len() / width;
    let accum = if is_first { Accum::Replace } else { Accum::Add };
    let hidden = matrix(hidden, width);
    let tiles = matrix(d, classes).par_col_chunks(CLASSES);
    tiles.zip(matrix_mut(grad, width).par_row_chunks_mut(CLASSES)).for_each(|(d, out)| {
        multiply(out, accum, d.transpose(), hidden);
    });
}

/// `grad := d weights`
pub(crate) fn hidden_grad<E: Real>(d: &[E], weights: &[E], width: usize, grad: &mut [E]) {
    let classes = weights.len() / width;
    let weights = matrix(weights, width);
    let rows = matrix(d, classes).par_row_chunks(ROWS);
    rows.zip(matrix_mut(grad, width).par_row_chunks_mut(ROWS)).for_each(|(d, out)| {
        let columns = weights.par_col_chunks(COLUMNS);
        columns.zip(out.par_col_chunks_mut(COLUMNS)).for_each(|(weights, out)| {
            multiply(out, Accum::Replace, d, weights);
        });
    });
}

/// `grad (+)= sum of the rows of d`
pub(crate) fn bias_grad<E: Real>(d: &[E], is_first: bool, grad: &mut [E]) {
    if is_first {
        grad.fill(E::from_f64(0.0));
    }
    let classes = grad.len();
    grad.par_chunks_mut(CLASSES).enumerate().for_each(|(tile, grad)| {
        let (first, n) = (tile * CLASSES, grad.len());
        for row in d.chunks_exact(classes) {
            grad.iter_mut().zip(&row[first..first + n]).for_each(|(grad, &d)| *grad += d);
        }
    });
}
