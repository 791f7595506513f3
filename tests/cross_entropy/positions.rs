//! Classes before their positions: the same results as side by side.

use super::on;
use super::options::{Data, choices, with};
use crate::numbers::{Number, bits};
use gradstep::loss::{AnyTarget, CrossEntropy, Logits, Outputs};
use gradstep::{Error, Execution, Level, Reduction};

/// Samples, classes, positions: around the lanes of a register and batches of rows.
const SHAPES: [(usize, usize, usize); 12] = [
    (3, 1, 5),
    (2, 2, 1),
    (2, 2, 40),
    (3, 3, 7),
    (1, 3, 129),
    (2, 10, 33),
    (5, 7, 3),
    (2, 50, 16),
    (1, 100, 17),
    (2, 101, 9),
    (2, 150, 16),
    (1, 256, 20),
];

/// `[samples, classes, positions]` with `stride` from a class to the next, of rows side by side.
pub(super) fn transposed<E: Number>(
    rows: &[E],
    (classes, positions): (usize, usize),
    (stride, between): (usize, E),
) -> Vec<E> {
    let mut out = Vec::new();
    for sample in rows.chunks(classes * positions) {
        for class in 0..classes {
            out.extend(sample.iter().skip(class).step_by(classes));
            out.extend((positions..stride).map(|_| between));
        }
    }
    out
}

/// Everything that a call gives.
struct All<E> {
    sum: f64,
    denominator: f64,
    correct: u64,
    grad: Vec<E>,
    losses: Vec<E>,
    logsumexp: Vec<E>,
    backward: Vec<E>,
}

fn all<E: Number, T: AnyTarget<E>>(
    options: &CrossEntropy<'_, E>,
    logits: &[E],
    targets: &[T],
    (upstream, grad): (&[E], &[E]),
) -> All<E> {
    let rows = upstream.len();
    let (mut grad, mut backward) = (grad.to_vec(), grad.to_vec());
    let (mut losses, mut logsumexp) = (vec![E::NAN; rows], vec![E::NAN; rows]);
    let outputs =
        Outputs { losses: Some(&mut losses), logsumexp: Some(&mut logsumexp), count_correct: true };
    let sum = options.evaluate(Logits::Grad(logits, &mut grad), targets, outputs).expect("all");
    options.backward(logits, targets, upstream, &mut backward).expect("backward");
    let (denominator, correct) = (sum.denominator(), sum.correct());
    All { sum: sum.sum(), denominator, correct, grad, losses, logsumexp, backward }
}

/// Whether numbers are the same to the bit, or nearly.
fn same<E: Number>(a: &[E], b: &[E], to_the_bit: bool) -> bool {
    let ulps = 32.0 * 2f64.powi(1 - E::FORMAT.precision());
    let near = |a: E, b: E| (a - b).to_f64().abs() <= ulps * (1.0 + b.to_f64().abs());
    let equal = |(a, b): (&E, &E)| bits(*a) == bits(*b) || (!to_the_bit && near(*a, *b));
    a.len() == b.len() && a.iter().zip(b).all(equal)
}

fn check<E: Number, T: AnyTarget<E>>(
    options: CrossEntropy<'_, E>,
    (samples, classes, positions): (usize, usize, usize),
    data: &Data<E>,
    (targets, moved): (&[T], &[T]),
    to_the_bit: bool,
) {
    let what = format!("{options:?} {samples}x{classes}x{positions}");
    let rows = samples * positions;
    let upstream: Vec<E> = (0..rows).map(|r| E::from_f64(r as f64 / 8.0 - 2.0)).collect();
    let grad = vec![E::NAN; data.logits.len()];
    let expected = all(&options, &data.logits, targets, (&upstream, &grad));
    let guard = E::from_f64(-4919.125);
    for (stride, grad_stride) in [(positions, positions), (positions + 3, positions + 1)] {
        let logits = transposed(&data.logits, (classes, positions), (stride, guard));
        let before = transposed(&grad, (classes, positions), (grad_stride, guard));
        let other = options.positions(positions).and_then(|x| x.logits_stride(stride));
        let other = other.and_then(|x| x.grad_stride(grad_stride)).expect(&what);
        let got = all(&other, &logits, moved, (&upstream, &before));
        let moved_to = |x: &[E]| transposed(x, (classes, positions), (grad_stride, guard));
        assert!((got.sum - expected.sum).abs() <= 1e-6 * expected.sum.abs(), "{what}");
        assert_eq!(got.denominator, expected.denominator, "{what}");
        assert_eq!(got.correct, expected.correct, "{what}");
        assert!(same(&got.losses, &expected.losses, to_the_bit), "losses, {what}");
        assert!(same(&got.logsumexp, &expected.logsumexp, to_the_bit), "logsumexp, {what}");
        assert!(same(&got.grad, &moved_to(&expected.grad), to_the_bit), "grad, {what}");
        let expected = moved_to(&expected.backward);
        assert!(same(&got.backward, &expected, to_the_bit), "backward, {what}");
        // In place, with what is between the classes left alone.
        let mut place = logits.clone();
        let loss = other.loss_and_grad_in_place(&mut place, moved).expect(&what);
        let apart = other.grad_stride(stride).expect(&what);
        let mut grad = transposed(&grad, (classes, positions), (stride, guard));
        let again = apart.loss_and_grad(&logits, moved, &mut grad).expect(&what);
        assert_eq!(bits(loss), bits(again), "{what}");
        assert_eq!(bits(other.loss(&logits, moved).expect(&what)), bits(again), "{what}");
        assert!(same(&place, &grad, true), "in place, {what}");
    }
}

/// With every option.
fn every_option<E: Number>() {
    for shape @ (samples, classes, positions) in SHAPES {
        let rows = samples * positions;
        let data = Data::<E>::new(rows, classes);
        let q = transposed(&data.probabilities, (classes, positions), (positions, E::ZERO));
        let weights: Vec<E> = (0..rows).map(|r| E::from_f64((r % 5) as f64 / 2.0)).collect();
        for choice in choices() {
            for level in Level::available() {
                let options = with(on::<E>(level, classes), choice, &data.weights);
                let options = options.reduction(Reduction::DivideBy(3.0));
                let options = options.row_weights(&weights).expect("weights");
                // Longer rows add their classes in another order.
                let in_lanes = if level.fused() && size_of::<E>() == 4 { 100 } else { 50 };
                let to_the_bit = classes <= in_lanes;
                let indices = data.indices(choice);
                if choice.probabilities {
                    check(options, shape, &data, (&data.probabilities, &q), to_the_bit);
                } else {
                    check(options, shape, &data, (&indices, &indices), to_the_bit);
                }
            }
        }
    }
}

/// NaN in a row stays there, and a row left out is not read.
fn nan_stays<E: Number>() {
    for (classes, positions) in [(2, 40), (5, 40), (150, 20)] {
        let mut logits = vec![E::ONE; classes * positions];
        for class in 0..classes {
            logits[class * positions + 11] = E::NAN;
        }
        logits[positions + 3] = E::NAN;
        let targets: Vec<i64> = (0..positions).map(|r| if r == 11 { -1 } else { 0 }).collect();
        for level in Level::available() {
            let options = on::<E>(level, classes).ignore_index(-1);
            let options = options.positions(positions).expect("positions");
            let mut grad = vec![E::NAN; logits.len()];
            options.loss_and_grad(&logits, &targets, &mut grad).expect("grad");
            for (i, g) in grad.iter().enumerate() {
                let position = i % positions;
                assert_eq!(g.is_nan(), position == 3, "{level:?} {i}");
                assert!(position != 11 || bits(*g) == 0, "{level:?} {i}");
            }
        }
    }
}

/// Factors that no power of 2 brings into the type at once.
fn extreme_factors<E: Number>() {
    for (classes, positions) in [(2, 20), (5, 20)] {
        let logits = vec![E::ZERO; classes * positions];
        let targets = vec![0u8; positions];
        let tiny = E::MIN_POSITIVE * E::from_f64(8.0);
        for level in Level::available() {
            let options = on::<E>(level, classes).positions(positions).expect("positions");
            let mut grad = vec![E::NAN; logits.len()];
            let upstream = vec![tiny; positions];
            options.backward(&logits, &targets, &upstream, &mut grad).expect("backward");
            let p = E::ONE / E::from_f64(classes as f64);
            assert!(same(&grad[positions..], &vec![tiny * p; logits.len() - positions], true));
        }
    }
}

in_both_types! { every_option nan_stays extreme_factors }

#[test]
fn refusals() {
    let ce = CrossEntropy::<f32>::new(3).expect("classes");
    let few = ce.positions(0);
    assert!(matches!(few, Err(Error::Parameter { parameter: "positions", .. })), "{few:?}");
    let many = CrossEntropy::<f32>::new(257).and_then(|x| x.positions(4));
    assert!(matches!(many, Err(Error::Parameter { parameter: "classes", .. })), "{many:?}");
    let narrow = ce.positions(9).and_then(|x| x.logits_stride(8));
    let expected = "at least the number of positions";
    let is_expected = |error: &Error| matches!(error, Error::Parameter { parameter: "logits_stride", expected: e, .. } if *e == expected);
    assert!(narrow.as_ref().is_err_and(is_expected), "{narrow:?}");
    let ce = ce.positions(4).expect("positions").execution(Execution::new());
    let part = ce.loss(&[0.0; 18], &[0u8; 6]);
    let expected = Error::Length { argument: "targets", expected: 4, found: 6 };
    assert_eq!(part, Err(expected));
    let short = ce.loss(&[0.0; 23], &[0u8; 8]);
    assert_eq!(short, Err(Error::Length { argument: "logits", expected: 24, found: 23 }));
    let huge = ce.logits_stride(usize::MAX / 2).expect("a stride").loss(&[0.0; 24], &[0u8; 8]);
    assert_eq!(huge, Err(Error::Shape { rows: 8, classes: 3 }));
    assert!(ce.loss::<u8>(&[], &[]).expect("no samples").is_nan());
}
