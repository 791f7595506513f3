//! The two matrix products of a training step, by faer, over blocks of rows.
//!
//! Blocks are cut from the number of rows alone and added in order, so that the
//! result has the same bits for any number of threads. (faer's own threads cut
//! by their number, and they spin while they wait for each other: on a virtual
//! machine with two CPUs they made these thin products slower, not faster.)

use super::data::Real;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
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
        let w = MatRef::from_row_major_slice(w, self.width, columns);
        let blocks = self.x.par_chunks(BLOCK * self.width);
        blocks.zip(out.par_chunks_mut(BLOCK * columns)).for_each(|(x, out)| {
            let rows = x.len() / self.width;
            let x = MatRef::from_row_major_slice(x, rows, self.width);
            multiply(x, w, MatMut::from_row_major_slice_mut(out, rows, columns));
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
            let rows = x.len() / self.width;
            let x = MatRef::from_row_major_slice(x, rows, self.width);
            let g = MatRef::from_row_major_slice(g, rows, columns);
            let part = MatMut::from_row_major_slice_mut(part, self.width, columns);
            multiply(x.transpose(), g, part);
        });
        for (j, out) in out.iter_mut().enumerate() {
            let parts = workspace.chunks_exact(self.width * columns);
            *out = E::of(parts.map(|part| part[j].into()).sum());
        }
    }
}

fn multiply<E: Real>(a: MatRef<'_, E>, b: MatRef<'_, E>, out: MatMut<'_, E>) {
    matmul(out, Accum::Replace, a, b, E::of(1.0), Par::Seq);
}
