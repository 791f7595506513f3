//! Binary cross-entropy on probabilities, beyond what holds for every loss.

use crate::numbers::Number;
use gradstep::loss;
use gradstep::{Error, Execution, Level};

#[test]
fn both_ends_are_bounded() {
    fn check<E: Number>() {
        for level in Level::available() {
            let loss = loss::BinaryCrossEntropy::new().execution(Execution::new().level(level));
            for (p, y, value, slope) in [
                (E::ZERO, E::ONE, 100.0, -1e12),
                (E::ONE, E::ZERO, 100.0, 1e12),
                (E::ZERO, E::ZERO, 0.0, 0.0),
                (E::ONE, E::ONE, 0.0, 0.0),
            ] {
                let mut grad = [E::ONE];
                assert_eq!(loss.loss_and_grad(&[p], &[y], &mut grad), Ok(value), "{level:?}");
                let error = (grad[0].to_f64() - slope).abs();
                assert!(error <= 1e-7 * slope.abs(), "{p:?} {y:?} on {level:?}: {:?}", grad[0]);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn clips_that_the_type_cannot_hold_are_refused() {
    let refused = |error| matches!(error, Err(Error::Parameter { parameter: "eps", .. }));
    for eps in [1e-15, 2e-8, 0.0, -0.1, 0.5, 0.7, f64::NAN, f64::INFINITY] {
        let clipped = loss::BinaryCrossEntropy::<f32>::new().clip(eps).map(|_| ());
        assert!(refused(clipped), "{eps}");
    }
    for eps in [1e-17, 0.0, -0.1, 0.5, f64::NAN] {
        let clipped = loss::BinaryCrossEntropy::<f64>::new().clip(eps).map(|_| ());
        assert!(refused(clipped), "{eps}");
    }
    assert!(loss::BinaryCrossEntropy::<f32>::new().clip(1e-7).is_ok());
    assert!(loss::BinaryCrossEntropy::<f64>::new().clip(1e-15).is_ok());
}

#[test]
fn a_clip_is_flat_outside() {
    for level in Level::available() {
        let loss = loss::BinaryCrossEntropy::new().clip(0.25).expect("eps in range");
        let loss = loss.execution(Execution::new().level(level));
        let mut grad = [1.0; 4];
        let mut values = [0.0; 4];
        let (p, y) = ([0.0, 0.125, 0.25, 1.0], [1.0; 4]);
        loss.losses(&p, &y, &mut values).expect("not refused");
        loss.backward(&p, &y, &[1.0; 4], &mut grad).expect("not refused");
        assert_eq!(values[..3], [values[0]; 3], "{level:?}");
        assert_eq!(grad, [0.0, 0.0, -4.0, 0.0], "{level:?}");
    }
}
