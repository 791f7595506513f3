//! Binary cross-entropy on probabilities.

use crate::numbers::{Number, Random, around};
use crate::pointwise::{self, PointwiseLoss, ReferencedLoss};
use crate::reference::{self, Double};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};
use gradstep::{Error, Execution, Level};

#[derive(Clone, Copy, Debug)]
struct BinaryCrossEntropy<E> {
    clip: Option<E>,
}

/// Into [0, 1], every magnitude below 1 included.
pub(crate) fn into_unit<E: Number>(x: E) -> E {
    let x = if x < E::ZERO { -x } else { x };
    if x > E::ONE { E::ONE / x } else { x }
}

/// 0, 1, or between.
pub(crate) fn label<E: Number>(random: &mut Random) -> E {
    match random.below(4) {
        0 => E::ZERO,
        1 => E::ONE,
        _ => random.ordinary(0.0, 1.0),
    }
}

impl<E: Number> PointwiseLoss<E> for BinaryCrossEntropy<E> {
    type Formula = ops::BinaryCrossEntropy<E>;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::BinaryCrossEntropy<E>> {
        let loss = loss::BinaryCrossEntropy::new();
        match self.clip {
            None => loss,
            Some(eps) => loss.clip(eps).expect("eps in range"),
        }
    }

    fn admit(self, p: E, y: E) -> (E, E) {
        (into_unit(p), into_unit(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(0.05, 0.95), label(random))
    }

    /// Both ends of [0, 1] in finer and finer steps, the bounds of the logarithms
    /// and of the slope, and those of the clip.
    fn corners(self) -> Vec<(E, E)> {
        let mut random = Random::new(5);
        let mut p: Vec<E> = Vec::new();
        for bound in [1e-12, (-100f64).exp()] {
            p.extend(around(E::from_f64(bound), 20));
        }
        for power in 0..E::MANTISSA_BITS as i32 + 2 {
            let near =
                E::from_f64(random.within(-1.0 - f64::from(power), -f64::from(power)).exp2());
            p.extend([near, E::ONE - near]);
        }
        if let Some(eps) = self.clip {
            p.extend(around(eps, 4));
            p.extend(around(E::ONE - eps, 4));
        }
        p.extend(around(E::ONE, 8).filter(|p| *p <= E::ONE));
        let labels = [0.0, 1.0, 0.5, 1e-30, 0.3, 0.999_999_99].map(E::from_f64);
        p.iter().flat_map(|p| labels.map(|y| (*p, y))).collect()
    }
}

impl<E: Number> ReferencedLoss<E> for BinaryCrossEntropy<E> {
    const NAME: &'static str = "binary_cross_entropy";

    fn reference(self, p: f64, y: f64) -> (Double, Double) {
        match self.clip {
            None => reference::pointwise::binary_cross_entropy(p, y),
            Some(low) => {
                let high = (E::ONE - low).to_f64();
                reference::pointwise::binary_cross_entropy_clipped(p, y, low.to_f64(), high)
            }
        }
    }
}

fn all<E: Number>() -> Vec<BinaryCrossEntropy<E>> {
    let clips = [1e-7, 1e-3, 0.25].map(|eps| Some(E::from_f64(eps)));
    [None].into_iter().chain(clips).map(|clip| BinaryCrossEntropy { clip }).collect()
}

pointwise::tests!(all);

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
    for eps in [1e-15, 2e-8, 0.0, -0.1, 0.5, 0.7, f32::NAN, f32::INFINITY] {
        let clipped = loss::BinaryCrossEntropy::new().clip(eps).map(|_| ());
        assert!(refused(clipped), "{eps}");
    }
    for eps in [1e-17, 0.0, -0.1, 0.5, f64::NAN] {
        let clipped = loss::BinaryCrossEntropy::new().clip(eps).map(|_| ());
        assert!(refused(clipped), "{eps}");
    }
    assert!(loss::BinaryCrossEntropy::new().clip(1e-7f32).is_ok());
    assert!(loss::BinaryCrossEntropy::new().clip(1e-15f64).is_ok());
}

#[test]
fn a_clip_is_flat_outside() {
    for level in Level::available() {
        let loss = loss::BinaryCrossEntropy::new().clip(0.25f64).expect("eps in range");
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
