//! Softmax and its logarithm: against double-double arithmetic, and by laws that
//! need no reference.

use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, cross_entropy as reference, ulp};
use crate::tolerance;
use gradstep::{Error, Execution, Level, LogSoftmax, LogSumExp, Softmax};

const SHAPES: [(usize, usize); 10] = [
    (1, 1),
    (40, 2),
    (70, 3),
    (33, 10),
    (5, 31),
    (9, 32),
    (5, 101),
    (4, 100),
    (2, 1000),
    (1, 10_000),
];

fn f64s<E: Number>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| bits(*x)).collect()
}

/// Values and gradients on every level, in and out of place, whatever the gap.
fn accuracy<E: Number>() {
    let ulps = |output| tolerance::ulps("softmax", output, E::FORMAT);
    let mut random = Random::new(3);
    for (rows, classes) in SHAPES {
        for spread in [1e-3, 3.0, 45.0] {
            let x: Vec<E> = (0..rows * classes).map(|_| random.ordinary(-spread, spread)).collect();
            let u: Vec<E> = (0..rows * classes).map(|_| random.ordinary(-1.0, 1.0)).collect();
            let mut fused: Option<Vec<u64>> = None;
            for level in Level::available() {
                let execution = Execution::new().level(level);
                let plain = Softmax::new(classes).expect("classes").execution(execution);
                let log = LogSoftmax::new(classes).expect("classes").execution(execution);
                let blank = || vec![E::NAN; x.len()];
                let (mut p, mut l, mut back, mut log_back) = (blank(), blank(), blank(), blank());
                plain.apply_into(&x, &mut p).expect("softmax");
                log.apply_into(&x, &mut l).expect("log_softmax");
                plain.backward(&p, &u, &mut back).expect("backward");
                log.backward(&l, &u, &mut log_back).expect("backward");
                for (y, in_place) in [(&p, false), (&l, true)] {
                    let mut place = x.clone();
                    let done =
                        if in_place { log.apply(&mut place) } else { plain.apply(&mut place) };
                    done.expect("in place");
                    assert_eq!(patterns(y), patterns(&place), "{level:?} {classes}");
                }
                for r in 0..rows {
                    let row = r * classes..(r + 1) * classes;
                    let (x, u) = (f64s(&x[row.clone()]), f64s(&u[row.clone()]));
                    let what = |c: usize| format!("{level:?}, {classes} classes, {spread}, {c}");
                    let exact = reference::softmax(&x).into_iter().zip(reference::log_softmax(&x));
                    for (c, (exact, exact_log)) in exact.enumerate() {
                        let error = ulp::error(p[row.start + c].to_f64(), exact, E::FORMAT);
                        assert!(error <= ulps("value"), "{}: {error} ULP", what(c));
                        let error = ulp::error(l[row.start + c].to_f64(), exact_log, E::FORMAT);
                        assert!(error <= ulps("value"), "{}: log {error} ULP", what(c));
                    }
                    // The gradients of what was computed, and what its sum may err by.
                    let y = f64s(&p[row.clone()]);
                    let dot: Double = y.iter().zip(&u).map(|(y, u)| Double::from(*y) * *u).sum();
                    let size: Double =
                        y.iter().zip(&u).map(|(y, u)| (Double::from(*y) * *u).abs()).sum();
                    let total: Double = u.iter().map(|u| Double::from(*u)).sum();
                    let total_size: Double = u.iter().map(|u| Double::from(*u).abs()).sum();
                    let l = f64s(&l[row.clone()]);
                    for c in 0..classes {
                        let (y, u) = (Double::from(y[c]), Double::from(u[c]));
                        let magnitude = y * (u.abs() + size);
                        let error = error_at(back[row.start + c], y * (u - dot), magnitude);
                        assert!(error <= ulps("backward"), "{}: back {error} ULP", what(c));
                        let e = Double::from(l[c]).exp();
                        let magnitude = u.abs() + e * total_size;
                        let exact = u - e * total;
                        let error = error_at(log_back[row.start + c], exact, magnitude);
                        assert!(error <= ulps("backward"), "{}: log back {error} ULP", what(c));
                    }
                }
                let all = [p, l, back, log_back].iter().flat_map(|x| patterns(x)).collect();
                if level.fused() {
                    let first = fused.get_or_insert_with(|| Vec::clone(&all));
                    assert_eq!(*first, all, "{level:?}, {classes} classes");
                }
            }
        }
    }
}

#[test]
fn accuracy_f32() {
    accuracy::<f32>();
}

#[test]
fn accuracy_f64() {
    accuracy::<f64>();
}

/// The gradient of the logarithm of the sum is the softmax, times a factor of the row.
#[test]
fn logsumexp_has_the_softmax_as_gradient() {
    let x = [1.0f32, 2.0, -3.0, 1e8, 1e8, f32::NEG_INFINITY];
    let (mut p, mut grad) = ([0.0; 6], [0.0; 6]);
    Softmax::new(3).and_then(|softmax| softmax.apply_into(&x, &mut p)).expect("softmax");
    let logsumexp = LogSumExp::new(3).expect("classes");
    logsumexp.backward(&x, &[1.0, -2.0], &mut grad).expect("backward");
    assert_eq!(grad[..3], p[..3]);
    assert_eq!(grad[3..], [-1.0, -1.0, 0.0]);
}

#[test]
fn special_rows_touch_no_other() {
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    for level in Level::available() {
        for classes in [2, 101] {
            let fill = |x: [f32; 2]| {
                let mut row = vec![-inf; classes];
                row[..2].copy_from_slice(&x);
                row
            };
            let rows = [[0.0, 0.0], [-inf, -inf], [inf, 0.0], [nan, 0.0], [3.0, -inf]];
            let mut x: Vec<f32> = rows.into_iter().flat_map(fill).collect();
            let execution = Execution::new().level(level);
            let softmax = Softmax::new(classes).expect("classes").execution(execution);
            softmax.apply(&mut x).expect("softmax");
            let got: Vec<_> = x.chunks(classes).map(|row| [row[0], row[1]]).collect();
            assert_eq!((got[0], got[4]), ([0.5, 0.5], [1.0, 0.0]), "{level:?}");
            assert!(got[1..4].iter().flatten().all(|x| x.is_nan()), "{level:?}: {got:?}");
        }
    }
}

#[test]
fn refusals_write_nothing() {
    let softmax = Softmax::new(2).expect("classes");
    let log = LogSoftmax::new(2).expect("classes");
    let logsumexp = LogSumExp::new(2).expect("classes");
    let mut out = [7.0f32; 4];
    let length = |argument, expected, found| Err(Error::Length { argument, expected, found });
    assert_eq!(softmax.apply_into(&[1.0; 3], &mut out), length("x", 2, 3));
    assert_eq!(softmax.apply_into(&[1.0; 2], &mut out), length("out", 2, 4));
    assert_eq!(log.apply_into(&[1.0; 2], &mut out), length("out", 2, 4));
    assert_eq!(log.apply(&mut out[..3]), length("x", 2, 3));
    assert_eq!(softmax.backward(&[1.0; 4], &[1.0; 2], &mut out), length("upstream", 4, 2));
    assert_eq!(softmax.backward(&[1.0; 2], &[1.0; 2], &mut out), length("grad", 2, 4));
    assert_eq!(logsumexp.backward(&[1.0; 4], &[1.0], &mut out), length("x", 2, 4));
    assert!(matches!(Softmax::new(0), Err(Error::Parameter { parameter: "classes", .. })));
    assert_eq!(out, [7.0; 4]);
    assert_eq!(softmax.apply_into::<f32>(&[], &mut []), Ok(()));
}
