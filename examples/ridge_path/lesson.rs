//! All ridge solutions on the diabetes data, by descent and in closed form.

use crate::shared::regression::Regression;
use crate::shared::table::Table;
use gradstep::Error;

pub struct Path {
    pub names: Vec<String>,
    pub lambdas: Vec<f64>,
    pub weights: Vec<Vec<f64>>,
}

/// The weights for `penalties` strengths of `lambda |w|^2 / 2`.
pub fn path(penalties: usize) -> Result<Path, Error> {
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

pub fn regression(table: &Table) -> Regression {
    let rows: Vec<usize> = (0..table.targets.len()).collect();
    Regression::new(table, &rows)
}

/// `(X^T X / n + lambda I) w = X^T y / n` by Cholesky's factor `L` of the matrix,
/// `L L^T`; `None` where there is none, which no `lambda > 0` brings about.
pub fn closed_form(regression: &Regression, lambda: f64) -> Option<Vec<f64>> {
    let width = regression.width();
    let (mut matrix, mut w) = (vec![vec![0.0; width]; width], vec![0.0; width]);
    for (x, y) in regression.x.chunks(width).zip(&regression.y) {
        for i in 0..width {
            (0..=i).for_each(|j| matrix[i][j] += x[i] * x[j]);
            w[i] += x[i] * y;
        }
    }
    let n = regression.y.len() as f64;
    (0..width).for_each(|i| matrix[i][i] += lambda * n);
    // The factor in place of the lower half, row after row.
    for i in 0..width {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum::<f64>();
            matrix[i][j] = if i > j { rest / matrix[j][j] } else { rest.sqrt() };
        }
        if matrix[i][i].is_nan() || matrix[i][i] <= 0.0 {
            return None;
        }
    }
    for i in 0..width {
        w[i] = (w[i] - (0..i).map(|k| matrix[i][k] * w[k]).sum::<f64>()) / matrix[i][i];
    }
    for i in (0..width).rev() {
        w[i] = (w[i] - (i + 1..width).map(|k| matrix[k][i] * w[k]).sum::<f64>()) / matrix[i][i];
    }
    Some(w)
}
