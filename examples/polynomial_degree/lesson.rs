//! Polynomials of least squares through noisy points of a curve: too few terms, enough, too
//! many, and what cures too many.

use crate::ridge_path::closed_form;
use crate::shared::random::Random;
use crate::shared::regression::Regression;
use crate::shared::table::Table;
use crate::zero_condition::Penalty;
use gradstep::Error;

pub const NONE: Penalty = Penalty::L2(0.0);
/// Deviation of the noise: no fit can have a smaller test error than its square.
pub const NOISE: f64 = 0.25;

/// Where the points come from.
pub fn curve(x: f64) -> f64 {
    (4.0 * x).sin()
}

/// Points with `x` in [-1, 1], one at random in each of as many equal parts.
pub struct Points {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl Points {
    pub fn new(count: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let part = |i: usize| 2.0 * (i as f64 + random.uniform()) / count as f64 - 1.0;
        let x: Vec<f64> = (0..count).map(part).collect();
        let y = x.iter().map(|&x| curve(x) + NOISE * random.normal()).collect();
        Self { x, y }
    }

    /// A column for each of Legendre's polynomials up to the degree: they span what powers do
    /// and are all but orthogonal, where high powers of `x` are all but alike.
    fn table(&self, degree: usize) -> Table {
        Table {
            names: (1..=degree).map(|k| format!("P{k}")).collect(),
            features: self.x.iter().flat_map(|&x| legendre(x, degree)).collect(),
            targets: self.y.clone(),
        }
    }

    fn rows(&self) -> Vec<usize> {
        (0..self.x.len()).collect()
    }
}

/// `P1(x), .., Pdegree(x)` by Bonnet's recurrence.
fn legendre(x: f64, degree: usize) -> Vec<f64> {
    let mut values = vec![1.0, x];
    for k in 1..degree {
        let n = k as f64;
        values.push(((2.0 * n + 1.0) * x * values[k] - n * values[k - 1]) / (n + 1.0));
    }
    values[1..=degree].to_vec()
}

pub struct Polynomial {
    pub regression: Regression,
    /// A weight of each Legendre polynomial, scaled to variance 1; the mean has none.
    pub weights: Vec<f64>,
}

impl Polynomial {
    /// The least mean square over 2 plus penalty; `None` where points are too few to tell.
    pub fn fit(points: &Points, degree: usize, penalty: Penalty) -> Result<Option<Self>, Error> {
        let regression = Regression::new(&points.table(degree), &points.rows());
        let weights = match penalty {
            Penalty::L2(l2) => closed_form(&regression, l2),
            Penalty::L1(l1) => {
                let mut weights = vec![0.0; degree];
                regression.fit(l1, 0.0, &mut weights)?;
                Some(weights)
            }
        };
        Ok(weights.map(|weights| Self { regression, weights }))
    }

    pub fn at(&self, x: f64) -> f64 {
        self.regression.predict(&legendre(x, self.weights.len()), &self.weights)
    }

    /// Mean squared error.
    pub fn error_on(&self, points: &Points) -> Result<f64, Error> {
        self.regression.error_on(&points.table(self.weights.len()), &points.rows(), &self.weights)
    }
}

/// The median of the test errors of `draws` sets of so many points, where each can be fitted.
pub fn median_error(
    count: usize,
    degree: usize,
    draws: u64,
    test: &Points,
) -> Result<Option<f64>, Error> {
    let mut errors = Vec::new();
    for seed in 0..draws {
        let Some(fit) = Polynomial::fit(&Points::new(count, 100 + seed), degree, NONE)? else {
            return Ok(None);
        };
        errors.push(fit.error_on(test)?);
    }
    Ok(Some(crate::blurry_mean::median(&errors)))
}
