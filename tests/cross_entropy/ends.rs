//! Factors, strides and logits at the ends of their types, where something on the way may
//! overflow or vanish though the result does not.

use super::{in_both_types, on, sum_on};
use crate::numbers::{Number, bits};
use crate::reference::Format;
use gradstep::loss::CrossEntropy;
use gradstep::{Level, Reduction, logsumexp_backward};

/// Class counts of every path.
const CLASSES: [usize; 6] = [2, 3, 32, 100, 101, 300];

fn near(got: f64, exact: f64) -> bool {
    (got / exact - 1.0).abs() < 1e-5
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
        logsumexp_backward(&logits, classes, &[E::from_f64(far[0])], &mut grad).expect("softmax");
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

in_both_types! { factors_far_from_1 }
