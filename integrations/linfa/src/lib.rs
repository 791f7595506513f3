//! An elastic net for linfa's datasets, fitted by gradstep's coordinate descent or by its
//! proximal steps (FISTA).
//!
//! The objective is that of `linfa-elasticnet`,
//!
//! ```text
//! |y - X w - b|^2 / (2 n) + penalty (l1_ratio |w| + (1 - l1_ratio) / 2 w^2)
//! ```
//!
//! with the mean of `y` as `b`, so center the columns of `X` first.
//!
//! ```
//! use gradstep_linfa::ElasticNet;
//! use linfa::prelude::*;
//! use ndarray::array;
//!
//! let x = array![[-1.0, 0.5], [0.0, -1.0], [1.0, 0.5]];
//! let data = Dataset::new(x, array![-1.0, 0.0, 1.0]);
//! let model = ElasticNet::new(0.1).fit(&data)?;
//! assert!((model.hyperplane[0] - 0.85).abs() < 1e-9);
//! assert_eq!(model.hyperplane[1], 0.0); // the useless column is exactly 0
//! assert_eq!(model.predict(&data).len(), 3);
//! # Ok::<(), gradstep_linfa::Error>(())
//! ```

#![forbid(unsafe_code)]

mod coordinates;
mod fista;

use fista::Problem;
use linfa::DatasetBase;
use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, Data, Ix2};

/// How the minimum is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// One weight after the other: the quickest for least squares.
    CoordinateDescent,
    /// All weights at once by proximal steps with momentum (FISTA): as for other losses.
    ProximalSteps,
}

/// The hyper-parameters of an elastic net.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElasticNet {
    penalty: f64,
    l1_ratio: f64,
    tolerance: f64,
    max_iterations: usize,
    solver: Solver,
}

impl ElasticNet {
    /// The lasso, to a duality gap of `1e-10` of the mean square of `y`.
    #[must_use]
    pub fn new(penalty: f64) -> Self {
        let solver = Solver::CoordinateDescent;
        Self { penalty, l1_ratio: 1.0, tolerance: 1e-10, max_iterations: 20_000, solver }
    }

    /// The share of the L1 norm.
    #[must_use]
    pub fn l1_ratio(self, l1_ratio: f64) -> Self {
        Self { l1_ratio, ..self }
    }

    /// The duality gap to stop at, times `|y|^2 / n`.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    /// How the minimum is found.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        Self { solver, ..self }
    }

    /// Where to stop even if the gap is larger.
    #[must_use]
    pub fn max_iterations(self, max_iterations: usize) -> Self {
        Self { max_iterations, ..self }
    }
}

/// A fitted elastic net.
#[derive(Clone, Debug)]
pub struct Model {
    /// A weight for each column.
    pub hyperplane: Array1<f64>,
    /// What is predicted where all columns are 0.
    pub intercept: f64,
    /// The objective is at most so far above the least one.
    pub duality_gap: f64,
    /// Proximal steps that were taken, or sweeps over all columns.
    pub iterations: usize,
}

/// Why there is no model.
#[derive(Debug)]
pub enum Error {
    /// What gradstep refuses.
    Gradstep(gradstep::Error),
    /// What linfa refuses.
    Linfa(linfa::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Gradstep(error) => error.fmt(f),
            Error::Linfa(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<gradstep::Error> for Error {
    fn from(error: gradstep::Error) -> Self {
        Error::Gradstep(error)
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::Linfa(error)
    }
}

impl<D, T> Fit<ArrayBase<D, Ix2>, T, Error> for ElasticNet
where
    D: Data<Elem = f64>,
    T: AsSingleTargets<Elem = f64>,
{
    type Object = Model;

    fn fit(&self, data: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Model, Error> {
        let (x, y) = (data.records(), data.as_single_targets());
        let intercept = y.mean().unwrap_or(0.0);
        let y: Vec<f64> = y.iter().map(|y| y - intercept).collect();
        let problem = Problem {
            x: x.view(),
            y: &y,
            l1: self.penalty * self.l1_ratio,
            l2: self.penalty * (1.0 - self.l1_ratio),
        };
        let (tolerance, most) = (self.tolerance, self.max_iterations);
        let (w, duality_gap, iterations) = match self.solver {
            Solver::CoordinateDescent => problem.descend(tolerance, most),
            Solver::ProximalSteps => problem.solve(tolerance, most),
        }?;
        Ok(Model { hyperplane: Array1::from(w), intercept, duality_gap, iterations })
    }
}

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for Model {
    fn predict_inplace(&self, x: &ArrayBase<D, Ix2>, y: &mut Array1<f64>) {
        *y = x.dot(&self.hyperplane) + self.intercept;
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
