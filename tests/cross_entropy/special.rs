//! Infinities, NaN, masked classes, and numbers at the ends of the type.

use super::{CLASSES, Outcome, largest, on, ordinary, outcome, patterns, row, sum_on};
use crate::numbers::{Number, bits};
use crate::reference::ulp;
use crate::tolerance;
use gradstep::Level;

/// Row `bad` of a batch is NaN throughout; all others are as in `clean`.
fn only_this_row<E: Number>(clean: &Outcome<E>, got: &Outcome<E>, bad: usize, what: &str) {
    assert!(got.loss.is_nan(), "{what}: total {}", got.loss);
    for r in 0..got.losses.len() {
        let (grad, loss) = got.row(r);
        if r == bad {
            assert!(loss.is_nan() && grad.iter().all(|g| g.is_nan()), "{what}: {loss:?} {grad:?}");
        } else {
            let (expected, expected_loss) = clean.row(r);
            assert_eq!(patterns(grad), patterns(expected), "{what}: gradient of row {r}");
            assert_eq!(bits(loss), bits(expected_loss), "{what}: loss of row {r}");
        }
    }
}

/// Changes one logit, or all of them, of each row in turn.
fn spoil<E: Number>(value: E, all: bool) {
    for classes in CLASSES.into_iter().filter(|classes| *classes <= 100) {
        let rows = 19;
        let (logits, targets) = ordinary::<E>(rows, classes);
        for level in Level::available() {
            let options = sum_on(level, classes);
            let clean = outcome(&options, &logits, &targets);
            for bad in [0, 1, 3, 7, 8, 15, 16, rows - 1] {
                let place = [targets[bad], 0, classes - 1, classes / 2][bad % 4];
                let mut spoiled = logits.clone();
                let row = &mut spoiled[bad * classes..(bad + 1) * classes];
                if all {
                    row.fill(value)
                } else {
                    row[place] = value
                }
                let got = outcome(&options, &spoiled, &targets);
                let what = format!("{value:?} at {place} of {classes} in row {bad} on {level:?}");
                only_this_row(&clean, &got, bad, &what);
            }
        }
    }
}

fn nan_touches_its_row_only<E: Number>() {
    spoil(E::NAN, false);
    spoil(-E::NAN, false);
    spoil(E::NAN, true);
}

fn infinity_touches_its_row_only<E: Number>() {
    spoil(E::INFINITY, false);
    spoil(E::INFINITY, true);
}

fn masked_everywhere<E: Number>() {
    spoil(-E::INFINITY, true);
}

/// NaN in every place of a row, with every target.
fn nan_in_every_place<E: Number>() {
    for classes in [1, 2, 3, 8, 17, 65, 100, 101] {
        for level in Level::available() {
            for place in 0..classes {
                for target in 0..classes {
                    let mut logits = vec![E::ONE; classes];
                    logits[place] = E::NAN;
                    let got = outcome(&sum_on(level, classes), &logits, &[target]);
                    let all = got.grad.iter().all(|g| g.is_nan());
                    assert!(all && got.losses[0].is_nan(), "{place}, {target} on {level:?}");
                }
            }
        }
    }
}

/// A class at -inf has probability and gradient +0, and the others are as exact
/// as without it; as the target it costs infinity.
fn masked_classes<E: Number>() {
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    for classes in CLASSES.into_iter().filter(|classes| *classes > 1) {
        let rows = 6;
        let (mut logits, mut targets) = ordinary::<E>(rows, classes);
        for (r, (row, target)) in logits.chunks_mut(classes).zip(&mut targets).enumerate() {
            // Every second class, all but one, or one; the target is masked in odd rows.
            let every = [2, 1, classes][r / 2];
            let kept = *target;
            row.iter_mut().skip(r % 2).step_by(every).for_each(|x| *x = -E::INFINITY);
            row[kept] = E::ONE;
            if r % 2 == 1 {
                *target = (kept + 1) % classes;
                row[*target] = -E::INFINITY;
            }
        }
        for level in Level::available() {
            let got = outcome(&sum_on(level, classes), &logits, &targets);
            for (r, target) in targets.iter().enumerate() {
                let (grad, loss) = got.row(r);
                let logits = &logits[r * classes..(r + 1) * classes];
                let exact = row(logits, *target);
                let what = format!("row {r} of {classes} classes on {level:?}");
                assert_eq!(r % 2 == 1, loss == E::INFINITY, "{what}: {loss:?}");
                let error = super::error::<E>(loss.to_f64(), exact.loss);
                assert!(error <= ulps("loss of a row"), "{what}: {error} ULP");
                for (c, (g, exact)) in grad.iter().zip(&exact.grad).enumerate() {
                    if logits[c] == -E::INFINITY && c != *target {
                        assert_eq!(bits(*g), 0, "{what}: masked class {c} has {g:?}");
                    }
                    let error = super::error::<E>(g.to_f64(), *exact);
                    assert!(error <= ulps("gradient"), "{what}: class {c} {error} ULP");
                }
            }
        }
    }
}

/// One class is certain, whatever its logit.
fn one_class<E: Number>() {
    let logits = [E::ZERO, -E::ZERO, E::ONE, largest::<E>(), -largest::<E>(), E::from_bits(1)];
    for level in Level::available() {
        let got = outcome(&on(level, 1), &logits, &[0u8; 6]);
        assert_eq!((got.loss, patterns(&got.losses)), (0.0, vec![0; 6]), "{level:?}");
        assert!(got.grad.iter().all(|g| *g == E::ZERO), "{level:?}: {:?}", got.grad);
    }
}

/// Equal logits cost ln C at any height; the maximum and the logarithm are never
/// added first.
fn equal_logits_cost_ln_c<E: Number>() {
    for classes in CLASSES {
        let ln = crate::reference::Double::from(classes as f64).ln();
        for height in [0.0, 1.0, -1.0, 1e8, -1e8, 3e38, -3e38] {
            for level in Level::available() {
                let logits = vec![E::from_f64(height); classes];
                let got = outcome(&sum_on(level, classes), &logits, &[classes - 1]);
                let error = ulp::error(got.losses[0].to_f64(), ln, E::FORMAT);
                assert!(error <= 1.5, "ln {classes} at {height} on {level:?}: {error} ULP");
                assert_eq!(got.loss, got.losses[0].to_f64());
            }
        }
    }
}

/// From a gap of 17 on, `1 - p` is 0 in `f32`: the loss and the gradient of the
/// target are not.
fn nearly_certain<E: Number>() {
    for classes in CLASSES.into_iter().filter(|classes| *classes > 1) {
        for gap in [17.0, 40.0, 80.0] {
            for level in Level::available() {
                let mut logits = vec![-E::INFINITY; classes];
                logits[classes - 1] = E::from_f64(gap);
                logits[0] = E::ZERO;
                let got = outcome(&sum_on(level, classes), &logits, &[classes - 1]);
                let small = (-gap).exp();
                let (grad, loss) = got.row(0);
                for (x, sign) in [(loss, 1.0), (grad[0], 1.0), (grad[classes - 1], -1.0)] {
                    let near = (x.to_f64() * sign / small - 1.0).abs() < 1e-6;
                    assert!(near, "{x:?} at {gap}, {classes} classes on {level:?}");
                }
            }
        }
    }
}

/// Differences beyond the largest number: the loss is too large for the type, the
/// gradient is not.
fn ends_of_the_type<E: Number>() {
    for classes in [2, 3, 8, 32, 100, 101] {
        for level in Level::available() {
            let mut logits = vec![-largest::<E>(); classes];
            logits[1] = largest::<E>();
            let got = outcome(&sum_on(level, classes), &logits, &[0]);
            assert_eq!(got.loss, f64::INFINITY, "{classes} on {level:?}");
            let expected = |c| [-E::ONE, E::ONE][c];
            assert!((0..2).all(|c| got.grad[c] == expected(c)), "{:?} on {level:?}", got.grad);
            assert!(got.grad[2..].iter().all(|g| *g == E::ZERO), "{:?} on {level:?}", got.grad);
            let got = outcome(&sum_on(level, classes), &logits, &[1]);
            assert_eq!(got.loss, 0.0, "{classes} on {level:?}");
            assert!(got.grad.iter().all(|g| *g == E::ZERO), "{:?} on {level:?}", got.grad);
            // Too near 0 for their differences to show.
            let tiny: Vec<E> = (0..classes as u64).map(E::from_bits).collect();
            let got = outcome(&sum_on(level, classes), &tiny, &[0]);
            assert!((got.loss / (classes as f64).ln() - 1.0).abs() < 1e-6, "on {level:?}");
        }
    }
}

in_both_types! {
    nan_touches_its_row_only infinity_touches_its_row_only masked_everywhere nan_in_every_place
    masked_classes one_class equal_logits_cost_ln_c nearly_certain ends_of_the_type
}
