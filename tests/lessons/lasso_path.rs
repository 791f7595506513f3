//! Each point of the path is the optimum, and its zeros are exact.

use lessons::lasso_path as lesson;
use lessons::shared::regression::{Regression, dot};

/// Another way to the same place: one coordinate after the other (Friedman, Hastie
/// and Tibshirani, 2007), of plain `f64` and nothing of ours.
fn coordinate_descent(data: &Regression, lambda: f64) -> Vec<f64> {
    let (n, width) = (data.y.len(), data.width());
    let columns: Vec<Vec<f64>> =
        (0..width).map(|j| data.x.iter().skip(j).step_by(width).copied().collect()).collect();
    let (mut w, mut residual) = (vec![0.0; width], data.y.clone());
    for _ in 0..20_000 {
        let mut moved = 0.0f64;
        for (w, column) in w.iter_mut().zip(&columns) {
            let square = dot(column, column) / n as f64;
            let wanted = dot(column, &residual) / n as f64 + square * *w;
            let new = wanted.signum() * (wanted.abs() - lambda).max(0.0) / square;
            let change = new - *w;
            residual.iter_mut().zip(column).for_each(|(r, x)| *r -= change * x);
            moved = moved.max(change.abs());
            *w = new;
        }
        if moved < 1e-12 {
            break;
        }
    }
    w
}

#[test]
fn the_path_is_the_reference_optimum() {
    let path = lesson::path(100).unwrap();
    let (_, regression) = lesson::data();
    for (lambda, w) in path.lambdas.iter().zip(&path.weights).step_by(9) {
        let violation = lesson::violation(&regression, *lambda, w).unwrap();
        assert!(violation < 1e-8, "{lambda}: {violation}");
        let optimum = coordinate_descent(&regression, *lambda);
        for (w, optimum) in w.iter().zip(&optimum) {
            assert!((w - optimum).abs() < 1e-6, "{lambda}: {w} {optimum}");
            assert_eq!(*w == 0.0, *optimum == 0.0, "{lambda}: {w} {optimum}");
        }
    }
}

#[test]
fn zeros_vanish_as_lambda_does() {
    let path = lesson::path(100).unwrap();
    assert_eq!(lesson::zeros(&path.weights[0]), 10);
    assert_eq!(lesson::zeros(&path.weights[99]), 0);
    // Known of these data: body mass enters first, then s5.
    let first = |i: usize| path.weights.iter().position(|w| w[i] != 0.0).unwrap();
    let order = |name: &str| first(path.names.iter().position(|n| n == name).unwrap());
    assert!(order("bmi") <= order("s5") && order("s5") < order("bp"));
    assert!(path.names.iter().all(|name| order("bmi") <= order(name)));
}
