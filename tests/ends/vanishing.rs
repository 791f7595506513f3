//! Exponentials and squares below the smallest normal number: what documentation says of them.

use crate::reference::pointwise;
use gradstep::loss::{BinaryCrossEntropyWithLogits, CrossEntropy};
use gradstep::update::AdamW;
use gradstep::{Execution, Level};

/// The smallest number of `f32`.
const LEAST: f64 = 1.401_298_464_324_817e-45;

/// Where the exponential is subnormal, value and derivative are within 2 of the least numbers,
/// times the weight of positives, and with its roundings.
#[test]
fn a_weight_of_positives_multiplies_the_least_number() {
    for weight in [1.0, 3.0, 1e3, 1e6] {
        let mut seen = 0.0f64;
        for level in Level::available() {
            let bce = BinaryCrossEntropyWithLogits::<f32>::new().pos_weight(weight);
            let bce = bce.expect("a weight").execution(Execution::new().level(level));
            let x: Vec<f32> = (0..1800).map(|k| 86.0 + 0.01 * k as f32).collect();
            let (ones, mut values) = (vec![1f32; x.len()], vec![f32::NAN; x.len()]);
            let mut slopes = values.clone();
            bce.losses(&x, &ones, &mut values).expect("losses");
            bce.backward(&x, &ones, &ones, &mut slopes).expect("slopes");
            for ((x, value), slope) in x.iter().zip(values).zip(slopes) {
                let exact = pointwise::binary_cross_entropy_with_logits(f64::from(*x), 1.0, weight);
                for (got, exact) in [(value, exact.0), (slope, exact.1)] {
                    let exact = exact.to_f64();
                    let off = (f64::from(got) - exact).abs();
                    let bound = 2.0 * LEAST * weight + exact.abs() * 4.5 * 2f64.powi(-23);
                    assert!(off <= bound, "{x}, {weight} on {level:?}: {got:e}, not {exact:e}");
                    seen = seen.max(off / LEAST / weight);
                }
            }
        }
        assert!(seen > 0.0, "no result is rounded");
    }
}

/// The same of a row's loss and the weight of its class.
#[test]
fn a_class_weight_multiplies_the_least_number() {
    for classes in [2, 40, 101] {
        for weight in [1f32, 3.0, 1e3] {
            let weights = vec![weight; classes];
            for level in Level::available() {
                let options = CrossEntropy::new(classes)
                    .and_then(|x| x.class_weights(&weights))
                    .expect("weights");
                let options = options.execution(Execution::new().level(level));
                for k in 0..180 {
                    let gap = 86.0 + 0.1 * k as f32;
                    let mut logits = vec![f32::NEG_INFINITY; classes];
                    (logits[0], logits[1]) = (0.0, -gap);
                    let mut loss = [f32::NAN];
                    options.losses(&logits, &[0u8], &mut loss).expect("losses");
                    // ln(1 + e) is e here.
                    let exact = (-f64::from(gap)).exp() * f64::from(weight);
                    let off = (f64::from(loss[0]) - exact).abs();
                    let bound = 2.0 * LEAST * f64::from(weight) + exact * 4.5 * 2f64.powi(-23);
                    assert!(off <= bound, "{gap}, {weight}, {classes} on {level:?}: {loss:?}");
                }
            }
        }
    }
}

/// Without `eps` a gradient whose square vanishes is divided by 0.
#[test]
fn squares_that_vanish_without_eps() {
    for level in Level::available() {
        let adam = AdamW::new(0.5).and_then(|adam| adam.eps(0.0)).expect("eps");
        let adam = adam.execution(Execution::new().level(level));
        let (mut w, mut m, mut v) = ([1f32; 3], [0f32; 3], [0f32; 3]);
        adam.step(&mut w, &[1e-25, -1e-25, 0.0], &mut m, &mut v, 1).expect("a step");
        assert_eq!((w[0], w[1]), (f32::NEG_INFINITY, f32::INFINITY), "{level:?}");
        assert!(w[2].is_nan(), "{level:?}");
    }
}
