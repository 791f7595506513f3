//! Proximal steps with momentum (Beck and Teboulle, 2009), begun anew where it leads uphill
//! (O'Donoghue and Candes, 2015), until the duality gap is small.

use gradstep::Error;
use gradstep::penalty::{LeastSquares, Penalty};
use gradstep::update::ProxSgd;
use ndarray::ArrayView2;

/// Steps between two looks at the gap, which costs as much as a step.
const LOOK: usize = 10;

/// `|y - X w|^2 / (2 n) + l1 |w| + l2 / 2 w^2`
pub(crate) struct Problem<'a> {
    pub(crate) x: ArrayView2<'a, f64>,
    pub(crate) y: &'a [f64],
    pub(crate) l1: f64,
    pub(crate) l2: f64,
}

impl Problem<'_> {
    /// The minimum, its duality gap, and how many steps there were.
    pub(crate) fn solve(
        &self,
        tolerance: f64,
        most: usize,
    ) -> Result<(Vec<f64>, f64, usize), Error> {
        let (n, width) = (self.y.len() as f64, self.x.ncols());
        // Row after row is what both products of a step read.
        let x = self.x.as_standard_layout();
        let x = x.as_slice().expect("the standard layout");
        let penalty = Penalty::new().l1(self.l1)?.l2(self.l2)?;
        let step = ProxSgd::new(1.0 / curvature(x, width))?.l1(self.l1)?.l2(self.l2)?;
        let enough = tolerance * dot(self.y, self.y) / n;
        let (mut w, mut ahead) = (vec![0.0; width], vec![0.0; width]);
        let (mut correlation, mut residual) = (vec![0.0; width], vec![0.0; self.y.len()]);
        let mut momentum = 1.0f64;
        let mut gap = f64::INFINITY;
        for iteration in 0..most {
            if iteration % LOOK == 0 {
                self.correlate(x, &w, &mut residual, &mut correlation);
                gap = self.gap(&penalty, &w, &residual, &correlation)?;
                if gap <= enough {
                    return Ok((w, gap, iteration));
                }
            }
            // The gradient is -X^T (y - X w) / n.
            self.correlate(x, &ahead, &mut residual, &mut correlation);
            let before = ahead.clone();
            let step = step.grad_scale(-1.0 / n)?;
            step.step(&mut ahead, &correlation)?; // now the new weights
            let moved: Vec<f64> = ahead.iter().zip(&w).map(|(new, old)| new - old).collect();
            let uphill: f64 =
                before.iter().zip(&ahead).zip(&moved).map(|((b, a), m)| (b - a) * m).sum();
            w.copy_from_slice(&ahead);
            if uphill > 0.0 {
                momentum = 1.0;
            }
            let next = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
            let share = (momentum - 1.0) / next;
            ahead.iter_mut().zip(&moved).for_each(|(a, m)| *a += share * m);
            momentum = next;
        }
        Ok((w, gap, most))
    }

    /// How far the objective is above its minimum, at most.
    pub(crate) fn gap(
        &self,
        penalty: &Penalty,
        w: &[f64],
        residual: &[f64],
        xt_residual: &[f64],
    ) -> Result<f64, Error> {
        let (y, denominator) = (self.y, self.y.len() as f64);
        penalty.duality_gap(LeastSquares { w, residual, xt_residual, y, denominator })
    }

    /// `residual := y - X w`, `correlation := X^T residual`, in one pass over `X`.
    fn correlate(&self, x: &[f64], w: &[f64], residual: &mut [f64], correlation: &mut [f64]) {
        correlation.fill(0.0);
        let rows = x.chunks_exact(w.len().max(1)).zip(self.y).zip(residual);
        for ((row, y), residual) in rows {
            *residual = y - dot(row, w);
            axpy(*residual, row, correlation);
        }
    }
}

/// The largest eigenvalue of `X^T X / n`, by the power method; a little above it.
fn curvature(x: &[f64], width: usize) -> f64 {
    let n = (x.len() / width.max(1)) as f64;
    let mut v = vec![1.0; width];
    let mut length = 0.0;
    for _ in 0..50 {
        let mut next = vec![0.0; width];
        for row in x.chunks_exact(width.max(1)) {
            axpy(dot(row, &v) / n, row, &mut next);
        }
        length = dot(&next, &next).sqrt();
        v = next.iter().map(|x| x / length).collect();
    }
    1.02 * length
}

/// In eight partial sums, so that the compiler may use registers of them.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; 8];
    for (a, b) in a.zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum::<f64>() + rest
}

fn axpy(factor: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
}
