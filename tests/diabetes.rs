//! End to end, on the diabetes data: lasso and elastic net by FISTA reach the optima of
//! `tests/vectors/sklearn`, zeros included; ridge regression by gradient descent with
//! weight decay reaches the solution of the normal equations.

use crate::numbers::Number;
use gradstep::Reduction;
use gradstep::loss::Mse;
use gradstep::penalty::{LeastSquares, Penalty, lambda_max};
use gradstep::update::{ProxSgd, Sgd};
use serde_json::Value;
use std::fs;

fn read(path: &str) -> String {
    let path = crate::tree::root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Columns and target, centred: an intercept that is not penalised drops out.
struct Data<E> {
    /// `[n, features]`
    x: Vec<E>,
    y: Vec<E>,
    features: usize,
    mean_y: f64,
}

impl<E: Number> Data<E> {
    fn read() -> Self {
        let text = read("data/diabetes.csv");
        let row = |line: &str| line.split(',').map(|x| x.parse().expect("a number")).collect();
        let rows: Vec<Vec<f64>> = text.lines().skip(1).map(row).collect();
        let (n, columns) = (rows.len(), rows[0].len());
        assert_eq!((n, columns), (442, 11));
        let mean = |c: usize| rows.iter().map(|row| row[c]).sum::<f64>() / n as f64;
        let means: Vec<f64> = (0..columns).map(mean).collect();
        let centred = |row: &Vec<f64>, c: usize| E::from_f64(row[c] - means[c]);
        let features = columns - 1;
        let x = rows.iter().flat_map(|row| (0..features).map(move |c| centred(row, c)));
        Self {
            x: x.collect(),
            y: rows.iter().map(|row| centred(row, features)).collect(),
            features,
            mean_y: means[features],
        }
    }

    fn n(&self) -> f64 {
        self.y.len() as f64
    }

    /// `X w`
    fn predict(&self, w: &[E]) -> Vec<E> {
        let dot = |row: &[E]| row.iter().zip(w).fold(E::ZERO, |sum, (x, w)| sum + *x * *w);
        self.x.chunks(self.features).map(dot).collect()
    }

    /// `X^T r`
    fn transposed(&self, r: &[E]) -> Vec<E> {
        let mut sums = vec![E::ZERO; self.features];
        for (row, r) in self.x.chunks(self.features).zip(r) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum = *sum + *x * *r);
        }
        sums
    }

    /// Gradient of `||y - X w||^2 / (2 d)`.
    fn gradient(&self, w: &[E], d: f64) -> Vec<E> {
        let mse = Mse::new().reduction(Reduction::DivideBy(2.0 * d));
        let mut grad = self.predict(w);
        mse.loss_and_grad_in_place(&mut grad, &self.y).expect("lengths");
        self.transposed(&grad)
    }

    /// The duality gap of scikit-learn's objective.
    fn gap(&self, penalty: &Penalty, w: &[E]) -> f64 {
        let predicted = self.predict(w);
        let residual: Vec<E> = self.y.iter().zip(predicted).map(|(y, p)| *y - p).collect();
        let xt = self.transposed(&residual);
        penalty
            .duality_gap(LeastSquares {
                w,
                residual: &residual,
                xt_residual: &xt,
                y: &self.y,
                denominator: self.n(),
            })
            .expect("lengths")
    }

    /// FISTA with restarts (O'Donoghue and Candes, 2015) on
    /// `||y - X w||^2 / (2 n) + l1 |w| + l2 w^2 / 2`, from `w`, until nothing moves.
    fn fista(&self, l1: f64, l2: f64, w: &mut [E]) {
        // The largest eigenvalue of X^T X is at most its trace, 10: columns of length 1.
        let rate = 0.99 * self.n() / self.features as f64;
        let step = ProxSgd::new(rate).and_then(|step| step.l1(l1)?.l2(l2)).expect("strengths");
        let (mut point, mut t) = (w.to_vec(), 1.0f64);
        for _ in 0..40_000 {
            let grad = self.gradient(&point, self.n());
            let mut next = point.clone();
            step.step(&mut next, &grad).expect("lengths");
            let moved: Vec<f64> = next.iter().zip(&*w).map(|(a, b)| (*a - *b).to_f64()).collect();
            let turned: f64 = point
                .iter()
                .zip(&next)
                .zip(&moved)
                .map(|((point, next), moved)| (*point - *next).to_f64() * moved)
                .sum();
            let after = if turned > 0.0 { 1.0 } else { 0.5 * (1.0 + (1.0 + 4.0 * t * t).sqrt()) };
            let ahead = if turned > 0.0 { 0.0 } else { (t - 1.0) / after };
            let still = next == *w && point == *w;
            w.copy_from_slice(&next);
            for ((point, next), moved) in point.iter_mut().zip(next).zip(moved) {
                *point = next + E::from_f64(ahead * moved);
            }
            t = after;
            if still {
                break;
            }
        }
    }
}

/// The cases of an operation.
fn cases(operation: &str) -> Vec<Value> {
    let text = read("tests/vectors/sklearn/linear.jsonl");
    let cases = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let cases: Vec<Value> = cases.filter(|case| case["op"] == operation).collect();
    assert!(!cases.is_empty(), "no case of {operation}");
    cases
}

fn number(value: &Value) -> f64 {
    value.as_str().map_or_else(|| value.as_f64(), |text| text.parse().ok()).expect("a number")
}

/// Coefficients to 30 digits, rounded to `f64`.
fn coefficients(case: &Value) -> Vec<f64> {
    case["reference"]["coef"].as_array().expect("coefficients").iter().map(number).collect()
}

fn zero_set<E: Number>(w: &[E]) -> Vec<usize> {
    // Exactly +0, not close to it.
    (0..w.len()).filter(|j| w[*j].bits() == E::ZERO.bits()).collect()
}

fn largest_difference<E: Number>(w: &[E], expected: &[f64]) -> f64 {
    let differences = w.iter().zip(expected).map(|(w, expected)| (w.to_f64() - expected).abs());
    differences.fold(0.0, f64::max)
}

fn fits<E: Number>(operation: &str, far: f64) {
    let data = Data::<E>::read();
    for case in cases(operation) {
        let alpha = number(&case["attributes"]["alpha"]);
        let ratio = case["attributes"].get("l1_ratio").map_or(1.0, number);
        let (l1, l2) = (alpha * ratio, alpha * (1.0 - ratio));
        let mut w = vec![E::ZERO; data.features];
        data.fista(l1, l2, &mut w);
        let expected = coefficients(&case);
        let difference = largest_difference(&w, &expected);
        println!("{:?} {}: {difference:e}", E::FORMAT, case["name"]);
        assert!(difference <= far, "{}: {difference:e}, {w:?}", case["name"]);
        let zeros: Vec<usize> = (0..w.len()).filter(|j| expected[*j] == 0.0).collect();
        assert_eq!(zero_set(&w), zeros, "{}: {w:?}", case["name"]);
        let intercept = number(&case["reference"]["intercept"]);
        assert!((data.mean_y - intercept).abs() < far, "{} {intercept}", data.mean_y);

        let penalty = Penalty::new().l1(l1).and_then(|x| x.l2(l2)).expect("strengths");
        let objective = number(&case["reference"]["objective"]);
        let residuals = Mse::new().reduction(Reduction::DivideBy(2.0 * data.n()));
        let loss = residuals.loss(&data.predict(&w), &data.y).expect("lengths");
        let reached = loss + penalty.value(&w);
        let close = if E::MANTISSA_BITS == 23 { 1e-5 } else { 1e-12 };
        assert!((reached - objective).abs() <= close * objective, "{reached} {objective}");
        let gap = data.gap(&penalty, &w);
        assert!(gap.abs() <= close * objective, "gap {gap:e}");
        let grad = data.gradient(&w, data.n());
        let violation = penalty.kkt_violation(&w, &grad).expect("lengths");
        assert!(violation <= close, "violation {violation:e}");
    }
}

#[test]
fn lasso_and_elastic_net_in_f64() {
    fits::<f64>("lasso", 1e-8);
    fits::<f64>("elastic_net", 1e-8);
}

/// The same zeros; coefficients of some 500 to the last digits that the condition number
/// of the data, 470, leaves.
#[test]
fn lasso_and_elastic_net_in_f32() {
    fits::<f32>("lasso", 500.0 * 470.0 * 8.0 * f64::from(f32::EPSILON));
    fits::<f32>("elastic_net", 500.0 * 470.0 * 8.0 * f64::from(f32::EPSILON));
}

/// At the largest strength that the helper names nothing ever moves; just below one
/// weight does.
#[test]
fn all_zero_exactly_at_alpha_max() {
    fn check<E: Number>() {
        let data = Data::<E>::read();
        let grad = data.gradient(&vec![E::ZERO; data.features], data.n());
        let alpha_max = lambda_max(&grad, 1.0).expect("1");
        assert!((alpha_max - 2.14804).abs() < 1e-4, "{alpha_max}");
        for (part, zeros) in [(1.0, 10), (1.5, 10), (0.999, 9)] {
            let mut w = vec![E::ZERO; data.features];
            data.fista(alpha_max * part, 0.0, &mut w);
            assert_eq!(zero_set(&w).len(), zeros, "{part} of alpha_max: {w:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}

/// A path of strengths, each certified by its duality gap and by the zero condition.
#[test]
fn the_path_is_certified() {
    let data = Data::<f64>::read();
    let zero = vec![0.0; data.features];
    let start = data.gradient(&zero, data.n());
    let alpha_max = lambda_max(&start, 1.0).expect("1");
    let null = data.y.iter().map(|y| y * y).sum::<f64>() / (2.0 * data.n());
    let mut w = zero;
    let mut nonzero = Vec::new();
    for k in 0..30 {
        let alpha = alpha_max * 1e-3f64.powf(f64::from(k) / 29.0);
        data.fista(alpha, 0.0, &mut w);
        let penalty = Penalty::new().l1(alpha).expect("alpha");
        let gap = data.gap(&penalty, &w);
        assert!(gap <= 1e-12 * null, "{gap:e} at {alpha}");
        let grad = data.gradient(&w, data.n());
        let violation = penalty.kkt_violation(&w, &grad).expect("lengths");
        assert!(violation <= 1e-11 * alpha_max, "{violation:e} at {alpha}");
        nonzero.push(data.features - zero_set(&w).len());
    }
    assert_eq!((nonzero[0], nonzero[29]), (0, 10), "{nonzero:?}");
}

/// `||y - X w||^2 + alpha ||w||^2`, whose gradient's half is `X^T (X w - y) + alpha w`.
#[test]
fn ridge_by_weight_decay_is_the_cholesky_solution() {
    let data = Data::<f64>::read();
    for case in cases("ridge") {
        let alpha = number(&case["attributes"]["alpha"]);
        let exact = closed_forms::ridge(&data.x, &data.y, alpha).expect("positive");

        let rate = 1.0 / (data.features as f64 + alpha);
        let sgd = Sgd::new(rate).and_then(|sgd| sgd.weight_decay(alpha)).expect("alpha");
        let mut w = vec![0.0; data.features];
        for _ in 0..1000 {
            let grad = data.gradient(&w, 1.0);
            sgd.step(&mut w, &grad).expect("lengths");
        }
        let difference = largest_difference(&w, &exact);
        assert!(difference <= 1e-9, "{difference:e} from Cholesky");
        let difference = largest_difference(&w, &coefficients(&case));
        assert!(difference <= 1e-9, "{difference:e} from scikit-learn");
    }
}
