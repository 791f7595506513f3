//! Whole batches: reductions and weights against the reference.

use super::{DENOMINATOR, PointwiseLoss, on};
use crate::elementwise::Operation;
use crate::numbers::{Number, Random, error_at};
use crate::reference::{Double, ulp};
use crate::tolerance;
use gradstep::{Level, Reduction};

/// Sums, means and weights, and the gradients that belong to them.
pub(crate) fn reductions_and_weights<E: Number, L: PointwiseLoss<E>>(loss: L) {
    let extra = |output| tolerance::ulps("pointwise", output, E::FORMAT);
    for n in [1, 2, 77, 1000] {
        let mut random = Random::new(n as u64);
        let row = |random: &mut Random| Operation::ordinary(loss, random);
        let rows: Vec<Vec<E>> = (0..n).map(|_| row(&mut random)).collect();
        let column = |column| rows.iter().map(|row| row[column]).collect::<Vec<_>>();
        let [prediction, target, weights, upstream] = [0, 1, 2, 3].map(column);
        let total: Double = weights.iter().map(|w| Double::from(w.to_f64())).sum();
        let count = Double::from(n as f64);
        for (reduction, weighted, denominator, scale) in [
            (Reduction::Mean, false, count, extra("scale")),
            (Reduction::Mean, true, count, extra("scale")),
            (Reduction::WeightedMean, false, count, extra("scale")),
            (Reduction::WeightedMean, true, total, extra("scale") + extra("total weight")),
            (Reduction::Sum, false, Double::ONE, 0.0),
            (Reduction::Sum, true, Double::ONE, 0.0),
            (Reduction::DivideBy(DENOMINATOR), true, Double::from(DENOMINATOR), extra("scale")),
        ] {
            let ulps = if weighted { extra("weight") } else { 0.0 };
            for level in Level::available() {
                let mut on_level = loss.loss().reduction(reduction).execution(on(level));
                if weighted {
                    on_level = on_level.weights(&weights);
                }
                let (mut grad, mut back, mut values) =
                    (prediction.clone(), prediction.clone(), prediction.clone());
                let got = on_level.loss_and_grad(&prediction, &target, &mut grad);
                on_level.losses(&prediction, &target, &mut values).expect("not refused");
                on_level.backward(&prediction, &target, &upstream, &mut back).expect("not refused");
                let what = format!("{loss:?} {reduction:?} {weighted} of {n} on {level:?}");

                let (mut sum, mut value_ulps) = (Double::ZERO, 0f64);
                for (i, w) in weights.iter().enumerate() {
                    let (p, t) = (prediction[i], target[i]);
                    let w = Double::from(if weighted { w.to_f64() } else { 1.0 });
                    let (value, derivative) = loss.reference(p.to_f64(), t.to_f64());
                    let (value, derivative) = (value * w, derivative * w);
                    let (for_value, for_derivative, magnitude) = loss.bounds(p, t);
                    let magnitude = magnitude.map_or(derivative, |m| m * w);
                    sum = sum + value;
                    value_ulps = value_ulps.max(for_value + ulps);
                    let upstream = Double::from(upstream[i].to_f64());
                    for (output, got, reference, magnitude, bound) in [
                        ("value", values[i], value, value, for_value + ulps),
                        (
                            "gradient",
                            grad[i],
                            derivative / denominator,
                            magnitude / denominator,
                            for_derivative + ulps + scale,
                        ),
                        (
                            "backward",
                            back[i],
                            derivative * upstream,
                            magnitude * upstream,
                            for_derivative + ulps + extra("upstream"),
                        ),
                    ] {
                        let error = error_at(got, reference, magnitude);
                        assert!(error <= bound, "{what}: {output} {error} ULP at {p:?}, {t:?}");
                    }
                }
                let error = ulp::relative(got.expect("not refused"), sum / denominator);
                let bound = value_ulps * 2f64.powi(1 - E::FORMAT.precision());
                assert!(
                    error <= bound + 2.0 * tolerance::typical_sum(E::FORMAT),
                    "{what}: {error}"
                );
            }
        }
    }
}
