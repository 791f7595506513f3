//! All ridge solutions on the diabetes data, by descent and in closed form.

use super::shared::regression::Regression;
use super::shared::table::Table;
use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};
use gradstep::Error;

pub(crate) struct Path {
    pub(crate) names: Vec<String>,
    pub(crate) lambdas: Vec<f64>,
    pub(crate) weights: Vec<Vec<f64>>,
}

/// The weights for `penalties` strengths of `lambda |w|^2 / 2`.
pub(crate) fn path(penalties: usize) -> Result<Path, Error> {
    let table = Table::diabetes();
    let regression = regression(&table);
    // Ridge needs more than the lasso for the same effect: from 1000 to 0.001.
    let lambda = |i: usize| 1e3 * 1e-6f64.powf(i as f64 / (penalties - 1) as f64);
    let lambdas: Vec<f64> = (0..penalties).map(lambda).collect();
    let mut w = vec![0.0; regression.width()];
    let weights = lambdas.iter().map(|&lambda| {
        regression.fit(0.0, lambda, &mut w)?;
        Ok(w.clone())
    });
    let weights = weights.collect::<Result<_, Error>>()?;
    Ok(Path { names: table.names, lambdas, weights })
}

pub(crate) fn regression(table: &Table) -> Regression {
    let rows: Vec<usize> = (0..table.targets.len()).collect();
    Regression::new(table, &rows)
}

/// `(X^T X / n + lambda I) w = X^T y / n` by faer's Cholesky factors; `None` where
/// there are none, which no `lambda > 0` brings about.
pub(crate) fn closed_form(regression: &Regression, lambda: f64) -> Option<Vec<f64>> {
    let (n, width) = (regression.y.len(), regression.width());
    let x = MatRef::from_row_major_slice(&regression.x, n, width);
    let y = MatRef::from_column_major_slice(&regression.y, n, 1);
    let mut matrix: Mat<f64> = x.transpose() * x;
    matrix.col_iter_mut().enumerate().for_each(|(j, mut column)| column[j] += lambda * n as f64);
    let solution = matrix.llt(Side::Lower).ok()?.solve(x.transpose() * y);
    Some((0..width).map(|j| solution[(j, 0)]).collect())
}
