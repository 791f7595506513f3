//! Linear regression with penalties: `|y - X w|^2 / (2 n) + l1 |w| + l2 |w|^2 / 2`.

use super::table::Table;
use gradstep::loss::{Loss, Mse};
use gradstep::update::ProxSgd;
use gradstep::{Error, Reduction};

/// Features with mean 0 and variance 1 and targets with mean 0, over chosen rows.
pub struct Regression {
    /// `[n * width]`, row after row.
    pub x: Vec<f64>,
    /// `[n]`
    pub y: Vec<f64>,
    /// Mean and deviation of each feature.
    scales: Vec<(f64, f64)>,
    mean_target: f64,
}

impl Regression {
    /// One scale for all features makes one penalty fair to all.
    pub fn new(table: &Table, rows: &[usize]) -> Self {
        let n = rows.len() as f64;
        let scale = |j: usize| {
            let mean = rows.iter().map(|&row| table.row(row)[j]).sum::<f64>() / n;
            let squares = rows.iter().map(|&row| (table.row(row)[j] - mean).powi(2));
            (mean, (squares.sum::<f64>() / n).sqrt())
        };
        let scales = (0..table.names.len()).map(scale).collect();
        let mean_target = rows.iter().map(|&row| table.targets[row]).sum::<f64>() / n;
        let mut this = Self { x: Vec::new(), y: Vec::new(), scales, mean_target };
        for &row in rows {
            let scaled = this.scaled(table.row(row));
            this.x.extend(scaled);
            this.y.push(table.targets[row] - mean_target);
        }
        this
    }

    pub fn width(&self) -> usize {
        self.scales.len()
    }

    fn scaled(&self, features: &[f64]) -> Vec<f64> {
        let pairs = features.iter().zip(&self.scales);
        pairs.map(|(x, (mean, deviation))| (x - mean) / deviation).collect()
    }

    /// What `w` makes of features as the table has them.
    pub fn predict(&self, features: &[f64], w: &[f64]) -> f64 {
        self.mean_target + dot(&self.scaled(features), w)
    }

    /// Mean squared error of `w` on `rows`, which need not be those of this regression.
    pub fn error_on(&self, table: &Table, rows: &[usize], w: &[f64]) -> Result<f64, Error> {
        let prediction: Vec<f64> =
            rows.iter().map(|&row| self.predict(table.row(row), w)).collect();
        let targets: Vec<f64> = rows.iter().map(|&row| table.targets[row]).collect();
        Mse::new().loss(&prediction, &targets)
    }

    fn loss(&self) -> Loss<'static, f64, gradstep::kernels::ops::Mse> {
        Mse::new().reduction(Reduction::DivideBy(2.0 * self.y.len() as f64))
    }

    /// `|y - X w|^2 / (2 n)`, without the penalties; writes its gradient.
    pub fn loss_and_gradient(&self, w: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        let mut residual: Vec<f64> = self.x.chunks_exact(w.len()).map(|row| dot(row, w)).collect();
        let loss = self.loss().loss_and_grad_in_place(&mut residual, &self.y)?;
        gradient.fill(0.0);
        for (row, r) in self.x.chunks_exact(w.len()).zip(&residual) {
            gradient.iter_mut().zip(row).for_each(|(g, x)| *g += r * x);
        }
        Ok(loss)
    }

    /// The smallest `l1` at which `w = 0` is optimal: the steepest slope there.
    pub fn lambda_max(&self) -> Result<f64, Error> {
        let mut gradient = vec![0.0; self.width()];
        self.loss_and_gradient(&vec![0.0; self.width()], &mut gradient)?;
        gradstep::penalty::lambda_max(&gradient, 1.0)
    }

    /// `n` penalties from `lambda_max` down to a thousandth of it, evenly in the logarithm.
    pub fn lambdas(&self, n: usize) -> Result<Vec<f64>, Error> {
        let largest = self.lambda_max()?;
        Ok((0..n).map(|i| largest * 1e-3f64.powf(i as f64 / (n - 1) as f64)).collect())
    }

    /// Minimises from `w` on: proximal steps with momentum (Beck and Teboulle, 2009),
    /// begun anew where it leads uphill (O'Donoghue and Candes, 2015).
    pub fn fit(&self, l1: f64, l2: f64, w: &mut [f64]) -> Result<(), Error> {
        let step = ProxSgd::new(1.0 / self.largest_curvature())?.l1(l1)?.l2(l2)?;
        let (mut ahead, mut gradient) = (w.to_vec(), vec![0.0; w.len()]);
        let mut momentum = 1.0f64;
        for _ in 0..20_000 {
            let before = ahead.clone();
            self.loss_and_gradient(&ahead, &mut gradient)?;
            step.step(&mut ahead, &gradient)?; // now the new weights
            let moved: Vec<f64> = ahead.iter().zip(&*w).map(|(new, old)| new - old).collect();
            w.copy_from_slice(&ahead);
            let correction = before.iter().zip(&*w).map(|(a, b)| a - b);
            let (size, uphill) = correction
                .zip(&moved)
                .fold((0.0f64, 0.0), |(size, uphill), (c, m)| (size.max(c.abs()), uphill + c * m));
            if size < 1e-10 {
                break; // a step from here leads to here: the minimum
            }
            if uphill > 0.0 {
                momentum = 1.0;
            }
            let next = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
            let share = (momentum - 1.0) / next;
            ahead.iter_mut().zip(&moved).for_each(|(a, m)| *a += share * m);
            momentum = next;
        }
        Ok(())
    }

    /// The largest eigenvalue of `X^T X / n`, by the power method; a little above it.
    fn largest_curvature(&self) -> f64 {
        let mut v = vec![1.0; self.width()];
        let mut length = 0.0;
        for _ in 0..50 {
            let mut next = vec![0.0; v.len()];
            for row in self.x.chunks_exact(v.len()) {
                let share = dot(row, &v) / self.y.len() as f64;
                next.iter_mut().zip(row).for_each(|(sum, x)| *sum += share * x);
            }
            length = dot(&next, &next).sqrt();
            v = next.iter().map(|x| x / length).collect();
        }
        1.02 * length
    }
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
