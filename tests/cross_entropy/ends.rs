//! Factors, strides and logits at the ends of their types, where something on the way may
//! overflow or vanish though the result does not.

use super::{on, sum_on};
use crate::numbers::{Number, bits};
use crate::reference::Format;
use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
use gradstep::{Level, LogSumExp, Reduction};

/// Class counts of every path.
const CLASSES: [usize; 6] = [2, 3, 32, 100, 101, 300];

/// Within 8 ULP of `f32`: where both sides are computed, 4 each.
fn near(got: f64, exact: f64) -> bool {
    (got / exact - 1.0).abs() < 1e-6
}

/// A stride that no row needs is multiplied by nothing.
#[test]
fn strides_that_are_not_used() {
    for classes in [1, 2, 40, 100] {
        let rows = 300;
        let options = CrossEntropy::new(classes).expect("classes");
        let wide = options.grad_stride(usize::MAX).expect("wide");
        let (logits, targets) = (vec![0.5f32; rows * classes], vec![0u8; rows]);
        let loss = options.loss(&logits, &targets).expect("loss");
        assert_eq!(wide.loss(&logits, &targets), Ok(loss));
        let mut in_place = logits.clone();
        assert_eq!(wide.loss_and_grad_in_place(&mut in_place, &targets), Ok(loss));
    }
}

/// Gradients of factors far from 1 are normal numbers where the exact ones are.
fn factors_far_from_1<E: Number>() {
    let far = match E::FORMAT {
        Format::F32 => [1e-36, 1e-30, 1e30, 1e38],
        Format::F64 => [1e-300, 1e-250, 1e250, 1e308],
    };
    for classes in CLASSES {
        let logits: Vec<E> = (0..classes).map(|c| E::from_f64(0.25 * (c % 5) as f64)).collect();
        for level in Level::available() {
            let options = sum_on::<E>(level, classes);
            let mut plain = vec![E::NAN; classes];
            options.backward(&logits, &[1u8], &[E::ONE], &mut plain).expect("plain");
            for factor in far {
                let what = format!("{factor:e}, {classes} classes on {level:?}");
                let upstream = [E::from_f64(factor)];
                let mut by_row = vec![E::NAN; classes];
                options.backward(&logits, &[1u8], &upstream, &mut by_row).expect("far");
                let divide = Reduction::DivideBy(factor.recip());
                let mut by_batch = vec![E::NAN; classes];
                let divided = on::<E>(level, classes).reduction(divide);
                divided.loss_and_grad(&logits, &[1u8], &mut by_batch).expect("divided");
                for ((plain, a), b) in plain.iter().zip(&by_row).zip(&by_batch) {
                    let exact = plain.to_f64() * upstream[0].to_f64();
                    assert!(near(a.to_f64(), exact), "{a:?} {exact:e} {what}");
                    assert!(near(b.to_f64(), exact), "{b:?} {exact:e} {what}");
                }
            }
        }
        let mut grad = vec![E::NAN; classes];
        let logsumexp = LogSumExp::new(classes).expect("classes");
        logsumexp.backward(&logits, &[E::from_f64(far[0])], &mut grad).expect("softmax");
        let sum: f64 = grad.iter().map(|g| g.to_f64()).sum();
        assert!(near(sum, far[0]), "{sum:e} {classes}");
    }
}

/// Smoothing over logits whose differences add up to more than the largest number.
#[test]
fn smoothing_of_large_differences() {
    for classes in CLASSES {
        for level in Level::available() {
            let mut logits = vec![-1e38f32; classes];
            logits[0] = 0.0;
            let smooth = on(level, classes).label_smoothing(0.1).expect("a share");
            let exact = 0.1 * (classes - 1) as f64 / classes as f64 * 1e38;
            let loss = smooth.loss(&logits, &[0u8]).expect("loss");
            assert!(near(loss, exact), "{loss:e} {exact:e} {classes} classes on {level:?}");
            // The difference itself is too large; a tenth of it is not.
            logits.fill(-3e38);
            logits[0] = 3e38;
            let weights = vec![0.1f32; classes];
            let light = sum_on(level, classes).class_weights(&weights).expect("weights");
            let loss = light.loss(&logits, &[1u8]).expect("loss");
            assert!(near(loss, 6e37), "{loss:e} {classes} classes on {level:?}");
        }
    }
}

/// The square of a large logarithm, times a small factor; and a large factor of a row that is
/// left out.
#[test]
fn z_losses_at_the_ends() {
    for classes in CLASSES {
        for level in Level::available() {
            let logits = vec![1e20f32; classes];
            let small = sum_on(level, classes).z_loss(1e-10).expect("z");
            let loss = small.loss(&logits, &[0u8]).expect("loss");
            assert!(near(loss, 1e30), "{loss:e} {classes} classes on {level:?}");
            let large = sum_on::<f32>(level, classes).z_loss(1e39).expect("z").ignore_index(0);
            let mut grad = vec![f32::NAN; classes];
            let loss = large.loss_and_grad(&logits, &[0u8], &mut grad).expect("left out");
            assert_eq!(bits(loss), 0, "{classes} classes on {level:?}");
            assert!(grad.iter().all(|g| bits(*g) == 0), "{classes} classes on {level:?}: {grad:?}");
        }
    }
}

/// As was found: a normal gradient of a small factor.
#[test]
fn a_small_factor() {
    for level in Level::available() {
        for (factor, exact) in [(1e-36, 6.681_877_7e-37), (1e-30, 6.681_877_7e-31)] {
            let mut grad = [f32::NAN; 2];
            let options = sum_on::<f32>(level, 2);
            options.backward(&[0.0, 0.7], &[0u8], &[factor], &mut grad).expect("far");
            assert!(near(grad[1].into(), exact), "{grad:?} on {level:?}");
            let logsumexp = LogSumExp::new(2).expect("classes");
            logsumexp.backward(&[0.0, 0.7], &[factor], &mut grad).expect("far");
            assert!(near(grad[1].into(), exact), "{grad:?} on {level:?}");
        }
    }
}

/// Denominators far beyond the type, over probabilities that make up for it or are 0.
#[test]
fn denominators_beyond_the_type() {
    for classes in [3, 300] {
        for level in Level::available() {
            let mut logits = vec![f32::NEG_INFINITY; classes];
            (logits[0], logits[1]) = (0.0, -80.0);
            for (denominator, exact) in [(1e-60, 1.804_851_4e25), (1e-39, 18_048.514)] {
                let options = on::<f32>(level, classes);
                let divided = options.reduction(Reduction::DivideBy(denominator));
                let mut grad = vec![f32::NAN; classes];
                let loss = divided.loss_and_grad(&logits, &[0u8], &mut grad).expect("divided");
                let what = format!("{denominator:e}, {classes} classes on {level:?}");
                assert!(near(loss, 1.804_851_4e-35 / denominator), "{loss:e} {what}");
                assert!(
                    near(grad[1].into(), exact) && near(grad[0].into(), -exact),
                    "{grad:?} {what}"
                );
                assert!(grad[2..].iter().all(|g| *g == 0.0), "{grad:?} {what}");
            }
        }
    }
    let refused = on::<f64>(Level::best(), 2).reduction(Reduction::DivideBy(1e-309));
    assert!(refused.loss(&[0.0, 0.0], &[0u8]).is_err());
}

/// Class weights whose sum, or products on the way, leave the type though those of the mean do
/// not.
fn means_of_extreme_weights<E: Number>() {
    let [tiny, huge] = match E::FORMAT {
        Format::F32 => [1e-40, 3e38],
        Format::F64 => [1e-309, 1e305],
    };
    for classes in CLASSES {
        for level in Level::available() {
            let logits: Vec<E> =
                (0..5 * classes).map(|c| E::from_f64(0.25 * (c % 7) as f64)).collect();
            let targets = [0u8, 1, 1, 0, 1];
            for smoothing in [0.0, 0.1] {
                let plain = on::<E>(level, classes).label_smoothing(smoothing).expect("a share");
                let mut exact = vec![E::NAN; 5 * classes];
                let loss = plain.loss_and_grad(&logits, &targets, &mut exact).expect("plain");
                let mut exact_losses = [E::NAN; 5];
                let outputs = Outputs { losses: Some(&mut exact_losses), ..Outputs::default() };
                plain.evaluate(Logits::Read(&logits), &targets, outputs).expect("plain");
                for weight in [tiny, huge] {
                    let mut weights = vec![E::from_f64(weight); classes];
                    if smoothing == 0.0 && classes > 2 {
                        // No target is of that class.
                        weights[classes - 1] = E::ZERO;
                    }
                    let what = format!("{weight:e}, {smoothing}, {classes} classes on {level:?}");
                    let weighted = plain.class_weights(&weights).expect("weights");
                    let mut grad = vec![E::NAN; 5 * classes];
                    let got = weighted.loss_and_grad(&logits, &targets, &mut grad).expect("loss");
                    assert!(near(got, loss), "{got:e} {loss:e} {what}");
                    for (got, exact) in grad.iter().zip(&exact) {
                        let (got, exact) = (got.to_f64(), exact.to_f64());
                        // With a smoothing it is a difference.
                        assert!((got - exact).abs() < 2e-7, "{got:e} {exact:e} {what}");
                    }
                    let mut losses = [E::NAN; 5];
                    let outputs = Outputs { losses: Some(&mut losses), ..Outputs::default() };
                    let sum = weighted.evaluate(Logits::Read(&logits), &targets, outputs);
                    let sum = sum.expect("sum");
                    assert!(near(sum.mean(), loss), "{sum:?} {loss:e} {what}");
                    for (got, exact) in losses.iter().zip(&exact_losses) {
                        let exact = E::from_f64(exact.to_f64() * weights[0].to_f64()).to_f64();
                        // Half an ULP of a number that is subnormal.
                        let same =
                            got.to_f64() == exact || (got.to_f64() / exact - 1.0).abs() < 1e-4;
                        assert!(same, "{got:?} {exact:e} {what}");
                    }
                }
            }
        }
    }
}

/// Losses of rows that are numbers of `f32`, and whose sum is not.
#[test]
fn sums_beyond_f32() {
    for classes in CLASSES {
        for level in Level::available() {
            let rows = 130;
            let mut logits = vec![-1e38f32; rows * classes];
            logits.iter_mut().step_by(classes).for_each(|x| *x = 1e38);
            let loss = on(level, classes).loss(&logits, &vec![1u8; rows]).expect("loss");
            assert!(near(loss, 2e38), "{loss:e} {classes} classes on {level:?}");
        }
    }
}

/// Counts end at the largest.
#[test]
fn sums_of_losses_do_not_overflow() {
    let outputs = Outputs { count_correct: true, ..Outputs::default() };
    let options = on::<f64>(Level::best(), 2);
    let mut sum = options.evaluate(Logits::Read(&[1.0, 0.0]), &[0u8], outputs).expect("loss");
    for _ in 0..64 {
        sum += sum;
    }
    assert_eq!((sum.rows(), sum.correct()), (u64::MAX, u64::MAX));
    assert_eq!([sum, sum].into_iter().sum::<LossSum>().rows(), u64::MAX);
}

in_both_types! { factors_far_from_1 means_of_extreme_weights }
