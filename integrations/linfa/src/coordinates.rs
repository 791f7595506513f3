//! Coordinate descent over the columns, those in use until they rest, and again, until the
//! duality gap is small (Friedman, Hastie and Tibshirani, 2010).

use crate::fista::{Problem, dot};
use gradstep::Error;
use gradstep::penalty::{Coordinates, Design, Penalty, squared_norms};
use ndarray::ArrayView2;
use std::borrow::Cow;

/// Weights in use rest when they move by this share of what all did: more would be for nothing, as
/// all move again.
const REST: f64 = 0.03;

impl Problem<'_> {
    /// The minimum, its duality gap, and how many sweeps over all columns there were.
    pub(crate) fn descend(
        &self,
        tolerance: f64,
        most: usize,
    ) -> Result<(Vec<f64>, f64, usize), Error> {
        let (rows, n) = (self.y.len(), self.y.len() as f64);
        let penalty = Penalty::new().l1(self.l1)?.l2(self.l2)?;
        let enough = tolerance * dot(self.y, self.y) / n;
        let columns = columns(self.x);
        let width = self.x.ncols();
        let mut norms = vec![0.0; width];
        squared_norms(&columns, rows, &mut norms)?;
        let design = Design { columns: &columns, squared_norms: &norms, denominator: n };
        let (mut w, mut residual) = (vec![0.0; width], self.y.to_vec());
        let mut correlation = vec![0.0; width];
        let mut gap = f64::INFINITY;
        for sweep in 1..=most {
            let all = Coordinates::All;
            let rest = REST * penalty.coordinate_descent(design, all, &mut w, &mut residual)?;
            for _ in 0..1000 {
                let nonzero = Coordinates::Nonzero;
                if penalty.coordinate_descent(design, nonzero, &mut w, &mut residual)? <= rest {
                    break;
                }
            }
            for (correlation, x) in correlation.iter_mut().zip(columns.chunks_exact(rows.max(1))) {
                *correlation = dot(x, &residual);
            }
            gap = self.gap(&penalty, &w, &residual, &correlation)?;
            if gap <= enough {
                return Ok((w, gap, sweep));
            }
        }
        Ok((w, gap, most))
    }
}

/// Columns one after the other: as they are, or copied.
fn columns(x: ArrayView2<'_, f64>) -> Cow<'_, [f64]> {
    if let Some(columns) = x.reversed_axes().to_slice() {
        return Cow::Borrowed(columns);
    }
    let rows = x.as_standard_layout();
    Cow::Owned(transposed(rows.as_slice().expect("the standard layout"), x.ncols()))
}

/// The same of rows, copied in blocks that the first cache holds.
fn transposed(x: &[f64], width: usize) -> Vec<f64> {
    const BLOCK: usize = 16;
    let rows = x.len() / width.max(1);
    let mut columns = vec![0.0; x.len()];
    for first_row in (0..rows).step_by(BLOCK) {
        let some_rows = first_row..rows.min(first_row + BLOCK);
        for first in (0..width).step_by(BLOCK) {
            for j in first..width.min(first + BLOCK) {
                let column = &mut columns[j * rows..(j + 1) * rows][some_rows.clone()];
                for (place, i) in column.iter_mut().zip(some_rows.clone()) {
                    *place = x[i * width + j];
                }
            }
        }
    }
    columns
}
