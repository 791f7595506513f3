//! The same objectives and the same zeros as `linfa-elasticnet`, on two problems.

use gradstep_linfa::{ElasticNet, Solver};
use linfa::prelude::*;
use linfa_elasticnet::ElasticNet as Linfa;
use ndarray::{Array1, Array2};

#[path = "../benches/problems/mod.rs"]
mod problems;

fn objective(data: &Dataset<f64, f64, ndarray::Ix1>, w: &Array1<f64>, l1: f64, l2: f64) -> f64 {
    let y = data.targets();
    let r = y - y.mean().unwrap() - data.records().dot(w);
    let squares = |v: &Array1<f64>| v.dot(v);
    squares(&r) / (2.0 * y.len() as f64) + l1 * w.mapv(f64::abs).sum() + l2 / 2.0 * squares(w)
}

fn zeros(w: &Array1<f64>) -> Vec<usize> {
    (0..w.len()).filter(|&j| w[j] == 0.0).collect()
}

fn compare(data: &Dataset<f64, f64, ndarray::Ix1>, penalty: f64, l1_ratio: f64) {
    let linfa = Linfa::params().penalty(penalty).l1_ratio(l1_ratio);
    let linfa = linfa.tolerance(1e-13).max_iterations(100_000).fit(data).unwrap();
    for solver in [Solver::CoordinateDescent, Solver::ProximalSteps] {
        let ours = ElasticNet::new(penalty).l1_ratio(l1_ratio).solver(solver).tolerance(1e-14);
        let ours = ours.fit(data).unwrap();
        let (l1, l2) = (penalty * l1_ratio, penalty * (1.0 - l1_ratio));
        let [a, b] = [&ours.hyperplane, linfa.hyperplane()].map(|w| objective(data, w, l1, l2));
        assert!((a - b).abs() <= 1e-12 * b, "objectives {a} and {b}");
        let zero = zeros(&ours.hyperplane);
        assert_eq!(zero, zeros(linfa.hyperplane()), "penalty {penalty}, {solver:?}");
        assert!(!zero.is_empty() && zero.len() < ours.hyperplane.len(), "no test of zeros");
        assert!((ours.intercept - linfa.intercept()).abs() < 1e-12);
        let apart = (ours.predict(data) - linfa.predict(data)).mapv(f64::abs);
        assert!(apart.iter().all(|d| *d < 1e-4));
    }
}

#[test]
fn on_diabetes() {
    let data = problems::diabetes();
    for penalty in [1.0, 5.0, 20.0] {
        compare(&data, penalty, 1.0);
    }
    compare(&data, 2.0, 0.9);
}

#[test]
fn on_more_columns_than_rows() {
    let data = problems::wide(500, 2000);
    compare(&data, 0.5, 1.0);
    compare(&data, 0.5, 0.8);
}

#[test]
fn what_gradstep_refuses_is_an_error() {
    let data = Dataset::new(Array2::<f64>::ones((3, 2)), Array1::ones(3));
    let text = ElasticNet::new(-1.0).fit(&data).unwrap_err().to_string();
    assert!(text.contains("`l1` must be"), "{text}");
}
