//! Gradient and diagonal of the Hessian: against the reference, with every layout.

use super::options::f64s;
use super::positions::transposed;
use super::{on, patterns};
use crate::numbers::{Number, Random};
use crate::reference::Double;
use crate::reference::cross_entropy as reference;
use crate::tolerance;
use gradstep::loss::CrossEntropy;
use gradstep::{Error, Level};

const SHAPES: [(usize, usize); 8] =
    [(5, 1), (33, 2), (140, 3), (9, 10), (40, 33), (5, 100), (7, 101), (20, 256)];

/// Logits, classes of which some are left out, and weights of rows and of classes.
struct Data<E> {
    logits: Vec<E>,
    classes: Vec<i64>,
    row_weights: Vec<E>,
    class_weights: Vec<E>,
}

impl<E: Number> Data<E> {
    fn new(rows: usize, classes: usize, spread: f64) -> Self {
        let mut random = Random::new((rows * 31 + classes) as u64);
        let mut logits: Vec<E> =
            (0..rows * classes).map(|_| random.ordinary(-spread, spread)).collect();
        let mut targets: Vec<i64> = (0..rows).map(|_| random.below(classes) as i64).collect();
        for r in (0..rows).step_by(4) {
            // Nearly certain, of the target and of another class.
            let sure = if r % 8 == 0 { targets[r] as usize } else { random.below(classes) };
            logits[r * classes + sure] = E::from_f64(40.0);
            if r % 12 == 4 {
                targets[r] = -1;
                logits[r * classes] = E::NAN;
            }
        }
        let mut weights = |n| (0..n).map(|_| random.ordinary(0.1, 3.0)).collect();
        Self {
            logits,
            classes: targets,
            row_weights: weights(rows),
            class_weights: weights(classes),
        }
    }

    fn options(&self, level: Level, classes: usize) -> CrossEntropy<'_, E> {
        let options = on(level, classes).ignore_index(-1).class_weights(&self.class_weights);
        let options = options.and_then(|x| x.row_weights(&self.row_weights)).expect("weights");
        options.hessian_factor(1.25).expect("a factor")
    }
}

fn both<E: Number>(options: &CrossEntropy<'_, E>, logits: &[E], classes: &[i64]) -> [Vec<E>; 2] {
    let (mut grad, mut hess) = (vec![E::NAN; logits.len()], vec![E::NAN; logits.len()]);
    options.grad_hess(logits, classes, &mut grad, &mut hess).expect("shapes agree");
    [grad, hess]
}

fn accuracy<E: Number>() {
    let ulps = |output| tolerance::ulps("softmax_grad_hess", output, E::FORMAT);
    for (rows, classes) in SHAPES {
        for spread in [0.1, 4.0, 30.0] {
            let data = Data::<E>::new(rows, classes, spread);
            for level in Level::available() {
                let got = both(&data.options(level, classes), &data.logits, &data.classes);
                for r in 0..rows {
                    let row = r * classes..(r + 1) * classes;
                    let (grad, hess) = (&got[0][row.clone()], &got[1][row.clone()]);
                    let Ok(target) = usize::try_from(data.classes[r]) else {
                        let zeros = |x: &[E]| x.iter().all(|x| x.bits() == 0);
                        assert!(zeros(grad) && zeros(hess), "{level:?} row {r}");
                        continue;
                    };
                    let exact = reference::grad_hess(&f64s(&data.logits[row]), target);
                    let weight = Double::from(data.row_weights[r].to_f64())
                        * data.class_weights[target].to_f64();
                    for c in 0..classes {
                        let what = format!("{level:?} {rows}x{classes} {spread}, {r} {c}");
                        let (g, h) = (exact.0[c] * weight, exact.1[c] * weight * 1.25);
                        let error = super::error::<E>(grad[c].to_f64(), g);
                        assert!(error <= ulps("gradient"), "{what}: {:?} {error} ULP", grad[c]);
                        let error = super::error::<E>(hess[c].to_f64(), h);
                        assert!(error <= ulps("hessian"), "{what}: {:?} {error} ULP", hess[c]);
                    }
                }
            }
        }
    }
}

/// Rows side by side, classes side by side, and far apart; all levels that fuse.
fn layouts<E: Number>() {
    for (rows, classes) in SHAPES {
        let data = Data::<E>::new(rows, classes, 4.0);
        let mut fused: Option<[Vec<u64>; 2]> = None;
        for level in Level::available() {
            let options = data.options(level, classes);
            let expected = both(&options, &data.logits, &data.classes);
            let bits = expected.each_ref().map(|x| patterns(x));
            if level.fused() {
                assert_eq!(fused.get_or_insert_with(|| bits.clone()), &bits, "{level:?}");
            }
            for positions in [rows, 1] {
                let by_class = options.positions(positions).expect("positions");
                let size = (classes, positions);
                let turned = |x: &[E]| transposed(x, size, (positions, E::ZERO));
                let got = both(&by_class, &turned(&data.logits), &data.classes);
                let expected = expected.each_ref().map(|x| patterns(&turned(x)));
                assert_eq!(got.map(|x| patterns(&x)), expected, "{level:?} {positions}");
            }
            let apart = options.logits_stride(classes + 2).and_then(|x| x.grad_stride(classes + 3));
            let apart = apart.expect("strides");
            let spread = |x: &[E], stride, between| transposed(x, (1, classes), (stride, between));
            let guard = E::from_f64(-4919.125);
            let logits = spread(&data.logits, classes + 2, E::NAN);
            let blank = spread(&vec![E::NAN; rows * classes], classes + 3, guard);
            let (mut grad, mut hess) = (blank.clone(), blank);
            apart.grad_hess(&logits, &data.classes, &mut grad, &mut hess).expect("apart");
            let expected = expected.map(|x| patterns(&spread(&x, classes + 3, guard)));
            assert_eq!([patterns(&grad), patterns(&hess)], expected, "{level:?}");
        }
    }
}

/// The gradient is that of the sum, and NaN and weightless rows are what they are there.
fn is_that_of_the_sum<E: Number>() {
    for (rows, classes) in SHAPES {
        let mut data = Data::<E>::new(rows, classes, 4.0);
        data.row_weights[rows / 2] = E::ZERO;
        data.logits[rows * classes - 1] = E::NAN;
        for level in Level::available() {
            let options = data.options(level, classes);
            let [grad, hess] = both(&options, &data.logits, &data.classes);
            let mut sum = vec![E::ONE; grad.len()];
            let summed = options.reduction(gradstep::Reduction::Sum);
            summed.loss_and_grad(&data.logits, &data.classes, &mut sum).expect("sum");
            for ((g, h), sum) in grad.iter().zip(&hess).zip(&sum) {
                let error = super::error::<E>(g.to_f64(), Double::from(sum.to_f64()));
                let both_nan = g.is_nan() && sum.is_nan();
                assert!(both_nan || error <= 8.0, "{level:?} {classes}: {g:?} {sum:?}");
                assert!(g.is_nan() == h.is_nan(), "{level:?} {g:?} {h:?}");
            }
        }
    }
}

in_both_types! { accuracy layouts is_that_of_the_sum }

/// In `f64`, rounded once.
#[test]
fn mixed_types_round_once() {
    // The last is more than a thread takes at once.
    for (rows, classes) in SHAPES.into_iter().chain([(40_000, 2)]) {
        let data = Data::<f64>::new(rows, classes, 4.0);
        for level in Level::available() {
            let options = data.options(level, classes);
            for positions in [0, 1, rows] {
                let options = match positions {
                    0 => options,
                    _ => options.positions(positions).expect("positions"),
                };
                let double = both(&options, &data.logits, &data.classes);
                let (mut grad, mut hess) =
                    (vec![f32::NAN; data.logits.len()], vec![f32::NAN; data.logits.len()]);
                let done = options.grad_hess_f32(&data.logits, &data.classes, &mut grad, &mut hess);
                done.expect("shapes agree");
                let mut pairs = vec![[f32::NAN; 2]; data.logits.len()];
                let done = options.grad_hess_pairs(&data.logits, &data.classes, &mut pairs);
                done.expect("shapes agree");
                let rounded =
                    double.map(|x| patterns(&x.iter().map(|x| *x as f32).collect::<Vec<_>>()));
                assert_eq!([patterns(&grad), patterns(&hess)], rounded, "{level:?} {positions}");
                let [grad, hess] = [0, 1].map(|k| pairs.iter().map(|both| both[k]).collect());
                let apart = [grad, hess].map(|x: Vec<f32>| patterns(&x));
                assert_eq!(apart, rounded, "pairs, {level:?} {positions}");
            }
        }
    }
}

#[test]
fn refusals() {
    let ce = CrossEntropy::<f64>::new(3).expect("classes");
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = ce.hessian_factor(bad);
        assert!(matches!(refused, Err(Error::Parameter { parameter: "hessian_factor", .. })));
    }
    let call = |ce: CrossEntropy<'_, f64>, n: usize, targets: &[u8], outputs: [usize; 2]| {
        let x = vec![0.5; n];
        let [mut grad, mut hess] = outputs.map(|n| vec![-7.0; n]);
        let [mut g, mut h] = outputs.map(|n| vec![-7.0f32; n]);
        let done = ce.grad_hess(&x, targets, &mut grad, &mut hess);
        assert_eq!(ce.grad_hess_f32(&x, targets, &mut g, &mut h), done);
        let mut pairs = vec![[-7.0f32; 2]; outputs[0]];
        let of_pairs = ce.grad_hess_pairs(&x, targets, &mut pairs);
        match &done {
            Err(Error::Length { argument: "grad", expected, found }) => {
                let (expected, found) = (*expected, *found);
                assert_eq!(of_pairs, Err(Error::Length { argument: "pairs", expected, found }));
            }
            Err(Error::Length { argument: "hess", .. }) => assert_eq!(of_pairs, Ok(())),
            _ => assert_eq!(of_pairs, done),
        }
        assert!(of_pairs.is_ok() || pairs.as_flattened().iter().all(|x| *x == -7.0));
        let untouched = grad.iter().chain(&hess).all(|x| *x == -7.0);
        assert!(untouched && g.iter().chain(&h).all(|x| *x == -7.0));
        done.expect_err("refused")
    };
    let length = |argument, expected, found| Error::Length { argument, expected, found };
    assert_eq!(call(ce, 5, &[0, 1], [6, 6]), length("logits", 6, 5));
    assert_eq!(call(ce, 6, &[0, 1], [5, 6]), length("grad", 6, 5));
    assert_eq!(call(ce, 6, &[0, 1], [6, 7]), length("hess", 6, 7));
    let target = Error::Target { row: 1, target: 3, classes: 3 };
    assert_eq!(call(ce, 6, &[0, 3], [6, 6]), target);
    let smooth = call(ce.label_smoothing(0.5).expect("a share"), 6, &[0, 1], [6, 6]);
    assert!(matches!(smooth, Error::Conflict { option: "label_smoothing", .. }));
    let z = call(ce.z_loss(0.5).expect("a factor"), 6, &[0, 1], [6, 6]);
    assert!(matches!(z, Error::Conflict { option: "z_loss", .. }));
    let weights = call(ce.row_weights(&[1.0]).expect("weights"), 6, &[0, 1], [6, 6]);
    assert_eq!(weights, length("row_weights", 2, 1));
    let many = call(CrossEntropy::new(257).expect("classes"), 514, &[0, 1], [514, 514]);
    assert!(matches!(many, Error::Parameter { parameter: "classes", .. }));
}
