//! Whole batches: reductions and weights against the reference.

use super::{AnyReferencedLoss, DENOMINATOR, Exact, ReferencedLoss, ordinary};
use crate::numbers::{Number, Random, error_at};
use crate::reference::{Double, ulp};
use crate::{Failure, Outcome, tolerance};
use gradstep::{Level, Reduction};

/// A batch, a row of columns per element.
struct Batch<E> {
    columns: [Vec<E>; 4],
    /// Of each element, without weight.
    exact: Vec<[Exact; 2]>,
}

impl<E: Number> Batch<E> {
    fn new(loss: &dyn AnyReferencedLoss<E>, n: usize) -> Self {
        let mut random = Random::new(n as u64);
        let rows: Vec<[E; 4]> = (0..n).map(|_| ordinary(loss, &mut random)).collect();
        let columns = [0, 1, 2, 3].map(|column| rows.iter().map(|row| row[column]).collect());
        let exact = rows.iter().map(|row| loss.exact_at(row[0], row[1]).expect("ordinary numbers"));
        Batch { exact: exact.collect(), columns }
    }
}

fn ensure(holds: bool, found: impl FnOnce() -> String) -> Outcome {
    let law = "reductions and weights are exact but for roundings";
    if holds { Ok(()) } else { Err(Failure::new(law, found())) }
}

/// Sums, means and weights, and the gradients that belong to them.
pub fn reductions_and_weights<E: Number, L: ReferencedLoss<E>>(loss: L) -> Outcome {
    reduced_and_weighted(&loss)?;
    nothing_to_reduce(&loss)
}

fn reduced_and_weighted<E: Number>(loss: &dyn AnyReferencedLoss<E>) -> Outcome {
    let extra = |output| tolerance::ulps("pointwise", output, E::FORMAT);
    let (mean, weighted_mean) = (extra("scale"), extra("scale") + extra("total weight"));
    for n in [1, 2, 77, 1000] {
        let batch = Batch::<E>::new(loss, n);
        let total: Double = batch.columns[2].iter().map(|w| Double::from(w.to_f64())).sum();
        let count = Double::from(n as f64);
        for (reduction, weighted, denominator, scale_ulps) in [
            (Reduction::Mean, false, count, mean),
            (Reduction::Mean, true, count, mean),
            (Reduction::WeightedMean, false, count, mean),
            (Reduction::WeightedMean, true, total, weighted_mean),
            (Reduction::Sum, false, Double::ONE, 0.0),
            (Reduction::Sum, true, Double::ONE, 0.0),
            (Reduction::DivideBy(DENOMINATOR), true, Double::from(DENOMINATOR), mean),
        ] {
            let weight_ulps = if weighted { extra("weight") } else { 0.0 };
            for level in Level::available() {
                let what = format!("{loss:?} {reduction:?} {weighted} of {n} on {level:?}");
                let [prediction, target, weights, upstream] = &batch.columns;
                let reduced = loss.on(level, reduction, weighted.then_some(weights));
                let [mut grad, mut back, mut values] = [(); 3].map(|()| prediction.clone());
                let got = reduced.loss_and_grad(prediction, target, &mut grad);
                reduced.losses(prediction, target, &mut values);
                reduced.backward(prediction, target, upstream, &mut back);

                let (mut sum, mut terms, mut most) = (Double::ZERO, Double::ZERO, 0f64);
                for (i, [exact, slope]) in batch.exact.iter().enumerate() {
                    let weight = Double::from(if weighted { weights[i].to_f64() } else { 1.0 });
                    let upstream = Double::from(upstream[i].to_f64());
                    let (value_ulps, derivative_ulps) =
                        (exact.ulps + weight_ulps, slope.ulps + weight_ulps);
                    let value = exact.value * weight;
                    let magnitude = exact.magnitude.abs() * weight;
                    (sum, terms) = (sum + value, terms + magnitude);
                    most = most.max(value_ulps);
                    let error = error_at(values[i], value, magnitude);
                    ensure(error <= value_ulps, || format!("{what}: value {error} ULP at {i}"))?;
                    for (output, got, factor, ulps) in [
                        ("gradient", grad[i], weight / denominator, derivative_ulps + scale_ulps),
                        (
                            "backward",
                            back[i],
                            weight * upstream,
                            derivative_ulps + extra("upstream"),
                        ),
                    ] {
                        let magnitude = slope.magnitude * factor;
                        let error = error_at(got, slope.value * factor, magnitude);
                        ensure(error <= ulps, || format!("{what}: {output} {error} ULP at {i}"))?;
                    }
                }
                let error = ulp::relative(got, sum / denominator);
                let sums = if reduction == Reduction::WeightedMean { 2.0 } else { 1.0 };
                let bound = most * 2f64.powi(1 - E::FORMAT.precision())
                    + sums * tolerance::typical_sum(E::FORMAT);
                // Of the terms: losses that are differences may cancel.
                let of_sum = (terms / sum.abs()).to_f64().max(1.0);
                ensure(error <= bound * of_sum, || format!("{what}: {error}"))?;
            }
        }
    }
    Ok(())
}

/// No element, or no weight: sums are 0, means NaN, and no gradient is NaN.
fn nothing_to_reduce<E: Number>(loss: &dyn AnyReferencedLoss<E>) -> Outcome {
    let Batch { columns: [prediction, target, ..], .. } = Batch::new(loss, 70);
    for level in Level::available() {
        for (reduction, value) in [
            (Reduction::Mean, None),
            (Reduction::WeightedMean, None),
            (Reduction::Sum, Some(0.0)),
            (Reduction::DivideBy(DENOMINATOR), Some(0.0)),
        ] {
            let got = loss.on(level, reduction, None).loss_and_grad(&[], &[], &mut []);
            let what = || format!("{loss:?} {reduction:?} on {level:?}");
            let right = value == Some(got) || value.is_none() && got.is_nan();
            ensure(right, || format!("{} of nothing: {got}", what()))?;

            let (zeros, mut grad) = (vec![E::ZERO; 70], vec![E::NAN; 70]);
            let weighted = loss.on(level, reduction, Some(&zeros));
            let got = weighted.loss_and_grad(&prediction, &target, &mut grad);
            let expected = if reduction == Reduction::WeightedMean { f64::NAN } else { 0.0 };
            let right = got == expected || got.is_nan() && expected.is_nan();
            ensure(right, || format!("{} without weight: {got}", what()))?;
            let zero = grad.iter().all(|g| *g == E::ZERO);
            ensure(zero, || format!("{} without weight: {grad:?}", what()))?;
        }
    }
    Ok(())
}
