//! Matrices of `f32` and their products, by ndarray.

use super::random::Random;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

#[derive(Clone)]
pub struct Matrix {
    /// `[rows * columns]`, row after row.
    pub values: Vec<f32>,
    pub rows: usize,
    pub columns: usize,
}

impl Matrix {
    pub fn new(columns: usize, values: Vec<f32>) -> Self {
        Self { rows: values.len() / columns, columns, values }
    }

    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self::new(columns, vec![0.0; rows * columns])
    }

    /// Normal numbers of mean 0.
    pub fn normal(rows: usize, columns: usize, deviation: f64, random: &mut Random) -> Self {
        let values = (0..rows * columns).map(|_| (deviation * random.normal()) as f32);
        Self::new(columns, values.collect())
    }

    /// The same shape, other values.
    pub fn with(&self, values: Vec<f32>) -> Self {
        Self::new(self.columns, values)
    }

    /// `self other`
    pub fn times(&self, other: &Self) -> Self {
        product(self.view(), other.view())
    }

    /// `self^T other`
    pub fn transposed_times(&self, other: &Self) -> Self {
        product(self.view().reversed_axes(), other.view())
    }

    /// `self other^T`
    pub fn times_transposed(&self, other: &Self) -> Self {
        product(self.view(), other.view().reversed_axes())
    }

    fn view(&self) -> ArrayView2<'_, f32> {
        ArrayView2::from_shape((self.rows, self.columns), &self.values).expect("as many values")
    }
}

fn product(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Matrix {
    let mut out = Matrix::zeros(a.nrows(), b.ncols());
    let shape = (out.rows, out.columns);
    let mut view = ArrayViewMut2::from_shape(shape, &mut out.values).expect("as many values");
    general_mat_mul(1.0, &a, &b, 0.0, &mut view);
    out
}
