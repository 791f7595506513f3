//! The two matrix products of a training step, by ndarray, over blocks of rows.
//!
//! Blocks are cut from the number of rows alone and added in order, so that the
//! result has the same bits for any number of threads.

use super::data::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

/// Rows of a block: enough work that handing it to another thread pays.
const BLOCK: usize = 2048;

/// A matrix `X`, `[rows * width]`, row after row.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, E> {
    x: &'a [E],
    width: usize,
}

impl<'a, E: Real> Rows<'a, E> {
    pub(crate) fn new(x: &'a [E], rows: usize) -> Self {
        Self { x, width: x.len() / rows }
    }

    pub(crate) fn rows(&self) -> usize {
        self.x.len() / self.width
    }

    /// The length of a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// `out := X w` for `w` of `columns` columns; all are row after row.
    pub(crate) fn times(&self, w: &[E], columns: usize, out: &mut [E]) {
        let w = matrix(w, columns);
        let blocks = self.x.par_chunks(BLOCK * self.width);
        blocks.zip(out.par_chunks_mut(BLOCK * columns)).for_each(|(x, out)| {
            multiply(matrix(x, self.width), w, out);
        });
    }

    /// Elements that [`Rows::transposed_times`] needs as its workspace.
    pub(crate) fn workspace(&self, columns: usize) -> usize {
        self.rows().div_ceil(BLOCK) * self.width * columns
    }

    /// `out := X^T g` for `g` of `columns` columns; all are row after row.
    pub(crate) fn transposed_times(
        &self,
        g: &[E],
        columns: usize,
        workspace: &mut [E],
        out: &mut [E],
    ) {
        let parts = workspace.par_chunks_mut(self.width * columns);
        let blocks = self.x.par_chunks(BLOCK * self.width).zip(g.par_chunks(BLOCK * columns));
        parts.zip(blocks).for_each(|(part, (x, g))| {
            multiply(matrix(x, self.width).reversed_axes(), matrix(g, columns), part);
        });
        for (j, out) in out.iter_mut().enumerate() {
            let parts = workspace.chunks_exact(self.width * columns);
            *out = E::of(parts.map(|part| part[j].into()).sum());
        }
    }
}

/// `columns` values in each row, row after row.
fn matrix<E>(values: &[E], columns: usize) -> ArrayView2<'_, E> {
    ArrayView2::from_shape((values.len() / columns, columns), values).expect("whole rows")
}

/// `out := a b`
fn multiply<E: Real>(a: ArrayView2<'_, E>, b: ArrayView2<'_, E>, out: &mut [E]) {
    let shape = (a.nrows(), b.ncols());
    let mut out = ArrayViewMut2::from_shape(shape, out).expect("a place for each product");
    general_mat_mul(E::of(1.0), &a, &b, E::of(0.0), &mut out);
}
