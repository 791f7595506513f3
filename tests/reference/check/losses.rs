//! The losses: derivatives against finite differences, and the special values.

use super::{Double, Random, assert_close, tiny};
use crate::reference::cross_entropy::{self, Options, Row, Target};
use crate::reference::pointwise::{self, Pair, Reduction};

const INF: f64 = f64::INFINITY;

/// A step that keeps `x + STEP` exact for the arguments here, all multiples of it.
const STEP: f64 = 1.0 / (1u64 << 24) as f64;

fn on_grid(x: f64) -> f64 {
    (x / STEP).round() * STEP
}

/// Central difference of `f`, error about `STEP^2` times the third derivative.
fn slope(f: impl Fn(f64) -> Double, x: f64) -> Double {
    (f(x + STEP) - f(x - STEP)) / (2.0 * STEP)
}

#[track_caller]
fn assert_slope(f: impl Fn(f64) -> Pair, x: f64, what: impl core::fmt::Debug) {
    let (expected, got) = (slope(|x| f(x).0, x), f(x).1);
    assert!((got - expected).abs() <= tiny(36), "{what:?}: {got:?} is not {expected:?}");
}

#[test]
fn derivatives_are_slopes() {
    let mut random = Random(6);
    for _ in 0..3000 {
        let p = on_grid(random.within(-4.0, 4.0));
        let t = on_grid(random.within(-4.0, 4.0));
        let kinks = [0.0, 0.5, 1.5];
        if kinks.iter().all(|kink| ((p - t).abs() - kink).abs() > 2.0 * STEP) {
            assert_slope(|p| pointwise::mse(p, t), p, "mse");
            assert_slope(|p| pointwise::l1(p, t), p, "l1");
            assert_slope(|p| pointwise::smooth_l1(p, t, 0.5), p, "smooth_l1");
            assert_slope(|p| pointwise::smooth_l1(p, t, 0.0), p, "smooth_l1");
            assert_slope(|p| pointwise::huber(p, t, 1.5), p, "huber");
            assert_slope(|p| pointwise::quantile(p, t, 0.3), p, "quantile");
        }
        assert_slope(|p| pointwise::log_cosh(p, t), p, "log_cosh");
        let (q, y) = (on_grid(random.within(0.1, 0.9)), random.within(0.0, 1.0));
        assert_slope(|p| pointwise::binary_cross_entropy(p, y), q, "bce");
        assert_slope(|p| pointwise::binary_cross_entropy_clipped(p, y, 0.05, 0.95), q, "bce");
        for weight in [1.0, 0.25, 3.0] {
            let f = |p| pointwise::binary_cross_entropy_with_logits(p, y, weight);
            assert_slope(f, p, "bce with logits");
        }
    }
}

#[test]
fn the_formula_with_logits_is_the_one_of_the_semantics() {
    let mut random = Random(7);
    for _ in 0..3000 {
        let (x, y) = (random.within(-30.0, 30.0), random.within(0.0, 1.0));
        let w = random.within(0.0, 4.0);
        let (loss, grad) = pointwise::binary_cross_entropy_with_logits(x, y, w);
        let (x, y) = (Double::from(x), Double::from(y));
        let l = 1.0 + (Double::from(w) - 1.0) * y;
        let softplus = (-x.abs()).exp().ln_1p() + (-x).max(Double::ZERO);
        assert!((loss - ((1.0 - y) * x + l * softplus)).abs() < tiny(95));
        assert!((grad + w * y - (w * y + 1.0 - y) * x.sigmoid()).abs() < tiny(100));
    }
    let (loss, grad) = pointwise::binary_cross_entropy_with_logits(30.0, 1.0, 1.0);
    assert_close(loss, -grad, 40, "tiny"); // both e^-30 to first order
    assert_eq!(loss.to_f32(), 9.357623e-14);
}

#[track_caller]
fn assert_pair(got: Pair, value: f64, derivative: f64) {
    let same = |a: Double, b: f64| a == b || (a.is_nan() && b.is_nan());
    assert!(same(got.0, value) && same(got.1, derivative), "{got:?} {value} {derivative}");
}

#[test]
fn special_values_of_pointwise_losses() {
    type Loss = fn(f64, f64) -> Pair;
    let losses: [(Loss, f64); 7] = [
        (pointwise::mse, INF),
        (pointwise::l1, 1.0),
        (|p, t| pointwise::smooth_l1(p, t, 1.0), 1.0),
        (|p, t| pointwise::smooth_l1(p, t, 0.0), 1.0),
        (|p, t| pointwise::huber(p, t, 2.0), 2.0),
        (pointwise::log_cosh, 1.0),
        (|p, t| pointwise::quantile(p, t, 0.5), 0.5),
    ];
    for (f, slope) in losses {
        assert_pair(f(3.5, 3.5), 0.0, 0.0);
        assert_pair(f(INF, 1.0), INF, slope);
        assert_pair(f(1.0, INF), INF, -slope);
        for (p, t) in [(f64::NAN, 0.0), (0.0, f64::NAN), (INF, INF), (-INF, -INF)] {
            assert_pair(f(p, t), f64::NAN, f64::NAN);
        }
    }
    // The quadratic branch of an f64 kernel would overflow or vanish.
    assert_pair(pointwise::smooth_l1(1e300, 0.0, 1.0), 1e300, 1.0);
    assert_eq!(pointwise::smooth_l1(1e-170, 0.0, 1e-160).0.to_f64(), 5e-181);
    assert!((pointwise::log_cosh(1e-4, 0.0).0 - 5e-9).abs() < 1e-17);

    let bce = pointwise::binary_cross_entropy;
    // The bound of the slope is an f32.
    let most = 1.0 / f64::from(1e-12f32);
    for (p, y, slope) in [(0.0, 1.0, -most), (1.0, 0.0, most)] {
        let (loss, grad) = bce(p, y);
        assert_eq!((loss.to_f64(), grad.to_f64()), (100.0, slope));
    }
    assert_pair(bce(0.0, 0.0), 0.0, 0.0);
    assert_pair(bce(1.0, 1.0), 0.0, 0.0);
    assert_pair(bce(f64::NAN, 1.0), f64::NAN, f64::NAN);
    let (value, grad) = pointwise::binary_cross_entropy_clipped(0.0, 1.0, 0.25, 0.75);
    assert_close(value, Double::LN_2 * 2.0, 104, "clipped");
    assert!(grad.is_zero());
    let logits = pointwise::binary_cross_entropy_with_logits;
    assert_pair(logits(INF, 1.0, 3.0), 0.0, 0.0);
    assert_pair(logits(-INF, 0.0, 3.0), 0.0, 0.0);
    assert_pair(logits(INF, 0.0, 3.0), INF, 1.0);
    assert_pair(logits(-INF, 1.0, 3.0), INF, -3.0);
    assert_pair(logits(INF, 0.25, 3.0), INF, 0.75);
    assert_pair(logits(f64::NAN, 1.0, 1.0), f64::NAN, f64::NAN);
    assert!(Reduction::Mean.apply([].into_iter()).is_nan());
    assert!(Reduction::Sum.apply([].into_iter()).is_zero());
}

#[test]
fn gradient_rows_are_slopes() {
    let mut random = Random(8);
    for round in 0..300 {
        let classes = 1 + round % 6;
        let x: Vec<_> = (0..classes).map(|_| on_grid(random.within(-5.0, 5.0))).collect();
        let weights: Vec<_> = (0..classes).map(|_| random.within(0.0, 2.0)).collect();
        let q: Vec<_> = (0..classes).map(|_| random.within(0.0, 1.0)).collect();
        let options = Options {
            class_weights: (round % 2 == 0).then_some(&weights),
            label_smoothing: [0.0, 0.1, 1.0][round % 3],
            z_loss: [0.0, 1e-2][round / 3 % 2],
            ignore_index: Some(-100),
        };
        for target in [Target::Index((round % classes) as i128), Target::Probabilities(&q)] {
            let row = cross_entropy::row(&x, target, &options);
            for j in 0..classes {
                let at = |value| {
                    let mut moved = x.clone();
                    moved[j] = value;
                    cross_entropy::row(&moved, target, &options).loss
                };
                let expected = slope(at, x[j]);
                assert!((row.grad[j] - expected).abs() < tiny(36), "{round} {j}");
            }
        }
    }
}

fn index_row(x: &[f64], y: i128) -> Row {
    cross_entropy::row(
        x,
        Target::Index(y),
        &Options { ignore_index: Some(2), ..Options::default() },
    )
}

#[test]
fn special_rows() {
    let ln_3 = Double::from(3.0).ln();
    assert_close(index_row(&[1e8; 3], 0).loss, ln_3, 104, "equal logits");
    let gap = index_row(&[40.0, 0.0], 0);
    assert_close(gap.grad[0], -gap.grad[1], 104, "p near 1");
    assert_close(gap.loss, Double::from(-40.0).exp().ln_1p(), 104, "gap");

    let masked = index_row(&[0.0, -INF, 0.0], 0);
    assert_close(masked.loss, Double::LN_2, 104, "masked");
    assert!(masked.grad[1].is_zero());
    let hit = index_row(&[0.0, -INF, 0.0], 1);
    assert!(hit.loss == INF && hit.grad[0] == 0.5 && hit.grad[1] == -1.0);
    for x in [[-INF, -INF, -INF], [INF, 0.0, 0.0], [0.0, f64::NAN, 0.0]] {
        let row = index_row(&x, 0);
        assert!(row.loss.is_nan() && row.grad.iter().all(|g| g.is_nan()));
        assert!(cross_entropy::logsumexp(&x).is_nan());
    }
    let ignored = index_row(&[f64::NAN; 3], 2);
    assert!(ignored.ignored && ignored.loss.is_zero() && ignored.weight.is_zero());
    assert!(ignored.grad.iter().all(|g| g.is_zero()));
    assert!(index_row(&[7.0], 0).loss.is_zero());

    let certain = Target::Probabilities(&[1.0, 0.0]);
    let row = cross_entropy::row(&[1.0, -INF], certain, &Options::default());
    assert!(row.loss.is_zero() && row.grad.iter().all(|g| g.is_zero()));
    let smooth = Options { label_smoothing: 0.5, ..Options::default() };
    let row = cross_entropy::row(&[1.0, -INF], certain, &smooth);
    assert!(row.loss == INF && row.grad[0] == 0.25 && row.grad[1] == -0.25);
    let weightless = Options { class_weights: Some(&[0.0, 1.0]), ..Options::default() };
    let row = cross_entropy::row(&[1.0, 2.0], Target::Index(0), &weightless);
    assert!(row.loss.is_zero() && row.grad.iter().all(|g| g.is_zero()));
}

#[test]
fn batches_divide_by_the_weights_that_count() {
    let x = [1.0, 2.0, 0.5, 0.5, f64::NAN, 3.0];
    let targets = cross_entropy::indices(&[0i64, 1, -7]);
    let options =
        Options { class_weights: Some(&[0.5, 2.0]), ignore_index: Some(-7), ..Options::default() };
    let run = |reduction| cross_entropy::batch(&x, 2, &targets, &options, reduction);
    let (mean, sum) = (run(Reduction::Mean), run(Reduction::Sum));
    assert!(mean.denominator == 2.5);
    assert_close(mean.loss * 2.5, sum.loss, 104, "mean");
    assert_close(run(Reduction::DivideBy(4.0)).grad[3] * 4.0, sum.grad[3], 104, "divide");
    let nothing = cross_entropy::batch(&x[4..], 2, &targets[2..], &options, Reduction::Mean);
    assert!(nothing.loss.is_nan() && nothing.grad.iter().all(|g| g.is_zero()));
}

#[test]
fn backward_of_softmax_agrees_with_its_parts() {
    let (x, u) = ([0.25, -1.5, 3.0], [1.0, -2.0, 0.5]);
    let weighted = |y: Vec<Double>| y.iter().zip(u).map(|(y, u)| *y * u).sum::<Double>();
    let soft = cross_entropy::softmax_backward(&x, &u);
    let log = cross_entropy::log_softmax_backward(&x, &u);
    let lse = cross_entropy::logsumexp_backward(&x, 2.0);
    for j in 0..3 {
        let at = |value| {
            let mut moved = x;
            moved[j] = value;
            moved
        };
        let near = |got: Double, expected: Double| assert!((got - expected).abs() < tiny(36));
        near(soft[j], slope(|v| weighted(cross_entropy::softmax(&at(v))), x[j]));
        near(log[j], slope(|v| weighted(cross_entropy::log_softmax(&at(v))), x[j]));
        near(lse[j], slope(|v| cross_entropy::logsumexp(&at(v)) * 2.0, x[j]));
    }
}
