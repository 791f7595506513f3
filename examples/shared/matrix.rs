//! Matrices of `f32` and their products, by faer.

use super::random::Random;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

#[derive(Clone)]
pub(crate) struct Matrix {
    /// `[rows * columns]`, row after row.
    pub(crate) values: Vec<f32>,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Matrix {
    pub(crate) fn new(columns: usize, values: Vec<f32>) -> Self {
        Self { rows: values.len() / columns, columns, values }
    }

    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self::new(columns, vec![0.0; rows * columns])
    }

    /// Normal numbers of mean 0.
    pub(crate) fn normal(rows: usize, columns: usize, deviation: f64, random: &mut Random) -> Self {
        let values = (0..rows * columns).map(|_| (deviation * random.normal()) as f32);
        Self::new(columns, values.collect())
    }

    /// The same shape, other values.
    pub(crate) fn with(&self, values: Vec<f32>) -> Self {
        Self::new(self.columns, values)
    }

    /// `self other`
    pub(crate) fn times(&self, other: &Self) -> Self {
        product(self.view(), other.view())
    }

    /// `self^T other`
    pub(crate) fn transposed_times(&self, other: &Self) -> Self {
        product(self.view().transpose(), other.view())
    }

    /// `self other^T`
    pub(crate) fn times_transposed(&self, other: &Self) -> Self {
        product(self.view(), other.view().transpose())
    }

    fn view(&self) -> MatRef<'_, f32> {
        MatRef::from_row_major_slice(&self.values, self.rows, self.columns)
    }
}

fn product(a: MatRef<'_, f32>, b: MatRef<'_, f32>) -> Matrix {
    let mut out = Matrix::zeros(a.nrows(), b.ncols());
    let view = MatMut::from_row_major_slice_mut(&mut out.values, a.nrows(), b.ncols());
    matmul(view, Accum::Replace, a, b, 1.0, Par::Seq);
    out
}
