//! Iteratively reweighted least squares reaches the weights of least loss, on data and where
//! second derivatives vanish.

use crate::numbers::Number;
use closed_forms::ridge;
use gradstep::loss::{BinaryCrossEntropyWithLogits, Huber, Loss, Poisson, TwiceDifferentiable};
use std::fs;

/// Columns with mean 0 and variance 1, the last one 1, and what stands last in each line.
fn read(name: &str) -> (Vec<f64>, Vec<f64>) {
    let path = crate::tree::root().join("data").join(name);
    let text = fs::read_to_string(&path).expect("the repository's data");
    let row = |line: &str| line.split(',').map(|x| x.parse().expect("a number")).collect();
    let rows: Vec<Vec<f64>> = text.lines().skip(1).map(row).collect();
    let (n, features) = (rows.len() as f64, rows[0].len() - 1);
    let mean = |of: &dyn Fn(&Vec<f64>) -> f64| rows.iter().map(of).sum::<f64>() / n;
    let scales: Vec<(f64, f64)> = (0..features)
        .map(|j| {
            let centre = mean(&|row| row[j]);
            (centre, mean(&|row| (row[j] - centre).powi(2)).sqrt())
        })
        .collect();
    let scaled = |row: &Vec<f64>| {
        let columns = row.iter().zip(&scales).map(|(x, (centre, scale))| (x - centre) / scale);
        columns.chain([1.0]).collect::<Vec<f64>>()
    };
    (rows.iter().flat_map(scaled).collect(), rows.iter().map(|row| row[features]).collect())
}

/// `X b`
fn predict(x: &[f64], b: &[f64]) -> Vec<f64> {
    x.chunks(b.len()).map(|row| row.iter().zip(b).map(|(x, b)| x * b).sum()).collect()
}

/// The largest component of `X^T g + alpha b`: the gradient of the loss with a ridge.
fn slope<P: TwiceDifferentiable<f64>>(
    loss: &Loss<'_, f64, P>,
    (x, y): (&[f64], &[f64]),
    alpha: f64,
    b: &[f64],
) -> f64 {
    let (mut grad, mut hess) = (vec![0.0; y.len()], vec![0.0; y.len()]);
    loss.grad_hess(&predict(x, b), y, &mut grad, &mut hess).expect("lengths agree");
    let mut slope: Vec<f64> = b.iter().map(|b| alpha * b).collect();
    for (row, g) in x.chunks(b.len()).zip(grad) {
        slope.iter_mut().zip(row).for_each(|(slope, x)| *slope += x * g);
    }
    slope.iter().fold(0.0, |most, slope| most.max(slope.abs()))
}

/// How large the gradient is before each of `steps` steps, and after them, from this intercept on.
fn slopes<P: TwiceDifferentiable<f64>>(
    loss: &Loss<'_, f64, P>,
    (x, y): (&[f64], &[f64]),
    intercept: f64,
    steps: usize,
) -> Vec<f64> {
    let (features, alpha) = (x.len() / y.len(), 1.0);
    let mut b = vec![0.0; features];
    b[features - 1] = intercept;
    let (mut w, mut z) = (vec![0.0; y.len()], vec![0.0; y.len()]);
    let mut slopes = vec![slope(loss, (x, y), alpha, &b)];
    for _ in 0..steps {
        loss.irls(&predict(x, &b), y, &mut w, &mut z).expect("lengths agree");
        // Weighted least squares: rows times the square roots of their weights.
        let roots: Vec<f64> = w.iter().map(|w| w.sqrt()).collect();
        let rows = x.chunks(features).zip(&roots);
        let weighted: Vec<f64> =
            rows.flat_map(|(row, by)| row.iter().map(move |x| x * by)).collect();
        let responses: Vec<f64> = z.iter().zip(&roots).map(|(z, by)| z * by).collect();
        b = ridge(&weighted, &responses, alpha).expect("alpha is above 0");
        slopes.push(slope(loss, (x, y), alpha, &b));
    }
    slopes
}

/// Newton's method squares what is left.
fn they_end_quickly(slopes: &[f64]) {
    let last = slopes.len() - 1;
    assert!(slopes[last] <= 1e-12 * slopes[0], "{slopes:?}");
    assert!(slopes[last - 3] > 1e-9 * slopes[0], "fewer steps are enough: {slopes:?}");
}

#[test]
fn logistic_regression() {
    let (x, y) = read("breast_cancer.csv");
    let loss = BinaryCrossEntropyWithLogits::new();
    they_end_quickly(&slopes(&loss, (&x, &y), 0.0, 10));
}

#[test]
fn poisson_regression() {
    let (x, y) = read("diabetes.csv");
    // From a rate far too low the first step would go far beyond.
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    they_end_quickly(&slopes(&Poisson::new(), (&x, &y), mean.ln(), 5));
}

/// A weight per element is that many times the element.
#[test]
fn weights_repeat_elements() {
    let (x, y) = ([0.5f64, -1.0, 2.0], [1.0, 0.0, 0.0]);
    let loss = BinaryCrossEntropyWithLogits::new();
    let (mut w, mut z, mut weight, mut response) = ([0.0; 3], [0.0; 3], [7.0; 3], [7.0; 3]);
    loss.irls(&x, &y, &mut w, &mut z).expect("lengths agree");
    let of = loss.weights(&[0.0, 2.0, 0.5]);
    of.irls(&x, &y, &mut weight, &mut response).expect("lengths agree");
    assert_eq!((weight, response), ([0.0, 2.0 * w[1], 0.5 * w[2]], z));
}

in_both_types! { vanished_curvature special_values }

/// Where the second derivative is 0, or too small to divide by, the weight times the way to the
/// response is still the slope, and all of it is finite.
fn vanished_curvature<E: Number>() {
    let is_pulled = |loss: &dyn Fn(&[E], &[E], &mut [E], &mut [E]), x: f64, y: f64, slope: f64| {
        let (mut w, mut z) = ([E::NAN], [E::NAN]);
        loss(&[E::from_f64(x)], &[E::from_f64(y)], &mut w, &mut z);
        let (w, way) = (w[0].to_f64(), z[0].to_f64() - E::from_f64(x).to_f64());
        let got = w * way;
        assert!(w > 0.0 && way.is_finite(), "{x} {y}: weight {w:e}, way {way:e}");
        assert!((got + slope).abs() <= 1e-5 * slope.abs(), "{x} {y}: {got} instead of {}", -slope);
    };
    let logistic = BinaryCrossEntropyWithLogits::new();
    let logistic = |x: &[E], y: &[E], w: &mut [E], z: &mut [E]| logistic.irls(x, y, w, z).unwrap();
    let poisson = |x: &[E], y: &[E], w: &mut [E], z: &mut [E]| {
        Poisson::new().irls(x, y, w, z).unwrap();
    };
    let huber = |x: &[E], y: &[E], w: &mut [E], z: &mut [E]| {
        Huber::<E>::new(1.0).unwrap().irls(x, y, w, z).unwrap();
    };
    for x in [30.0, 44.0, 60.0, 87.0, 100.0, 700.0, 1e6] {
        is_pulled(&logistic, x, 0.0, 1.0);
        is_pulled(&logistic, -x, 1.0, -1.0);
        is_pulled(&poisson, -x, 3.0, -3.0);
        is_pulled(&huber, x, 0.0, 1.0);
    }
}

fn special_values<E: Number>() {
    let of = |x: E, y: E| {
        let (mut w, mut z) = ([E::ZERO], [E::ZERO]);
        BinaryCrossEntropyWithLogits::new().irls(&[x], &[y], &mut w, &mut z).unwrap();
        (w[0], z[0])
    };
    // On the right side, so far that all vanishes, the element says nothing.
    let far = E::from_f64(2000.0);
    assert_eq!(of(far, E::ONE), (E::ZERO, far));
    assert_eq!(of(-far, E::ZERO), (E::ZERO, -far));
    assert_eq!(of(E::INFINITY, E::ONE), (E::ZERO, E::INFINITY));
    for (w, z) in [of(E::NAN, E::ONE), of(E::ONE, E::NAN)] {
        assert!(w.is_nan() && z.is_nan());
    }
    let (mut w, mut z) = ([E::ZERO], [E::ZERO]);
    Poisson::new().irls(&[far], &[E::ONE], &mut w, &mut z).unwrap();
    assert!(w[0] == E::INFINITY && z[0].is_nan(), "{w:?} {z:?}");
    // No element, nothing to write.
    assert_eq!(Poisson::<E>::new().irls(&[], &[], &mut [], &mut []), Ok(()));
}
