//! The largest shapes: a row of a million classes, a million rows of two.

use super::{on, ordinary, outcome, patterns, sum_on};
use crate::numbers::{Number, bits};
use crate::reference::Double;
use crate::tolerance;
use gradstep::Level;

const MILLION: usize = 1_000_000;
/// So many different values, or rows, a thousand times each.
const PERIOD: usize = 1000;

fn repeated<T: Copy>(period: &[T]) -> Vec<T> {
    period.iter().copied().cycle().take(period.len() * (MILLION / PERIOD)).collect()
}

/// Against double-double; equal logits have equal gradients.
fn one_row<E: Number>() {
    let values: Vec<f64> = (0..PERIOD).map(|i| i as f64 / 64.0).collect();
    let period: Vec<E> = values.iter().map(|x| E::from_f64(*x)).collect();
    let logits = repeated(&period);
    let largest = values[PERIOD - 1];
    let e: Vec<Double> = values.iter().map(|x| Double::from(x - largest).exp()).collect();
    let sum = e.iter().copied().sum::<Double>() * 1000.0;
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    for target in [0, 123_456, MILLION - 1] {
        let of_target = target % PERIOD;
        let loss = sum.ln() + (largest - values[of_target]);
        for level in Level::available() {
            let got = outcome(&on::<E>(level, MILLION), &logits, &[target as u32]);
            let error = super::error::<E>(got.loss, loss);
            assert!(
                error <= ulps("loss of a row"),
                "{target} on {level:?}: loss {} {error} ULP",
                got.loss
            );
            for (c, g) in got.grad.iter().enumerate() {
                let same = c % PERIOD;
                if c == target {
                    let exact = -((sum - e[same]) / sum);
                    let error = super::error::<E>(g.to_f64(), exact);
                    assert!(error <= ulps("gradient"), "target on {level:?}: {error} ULP");
                } else if c < PERIOD {
                    let error = super::error::<E>(g.to_f64(), e[same] / sum);
                    assert!(error <= ulps("gradient"), "{c} on {level:?}: {error} ULP");
                } else if same != of_target {
                    assert_eq!(bits(*g), bits(got.grad[same]), "{c} on {level:?}");
                }
            }
        }
    }
}

/// Rows do not know how many they are.
fn many_rows<E: Number>() {
    let (logits, targets) = ordinary::<E>(PERIOD, 2);
    let (all_logits, all_targets) = (repeated(&logits), repeated(&targets));
    let ulps = tolerance::ulps("cross_entropy", "loss of a batch", E::FORMAT);
    for level in Level::available() {
        let one = outcome(&sum_on(level, 2), &logits, &targets);
        let all = outcome(&sum_on(level, 2), &all_logits, &all_targets);
        assert_eq!(patterns(&all.grad), repeated(&patterns(&one.grad)), "{level:?}");
        assert_eq!(patterns(&all.losses), repeated(&patterns(&one.losses)), "{level:?}");
        let exact: Double = one.losses.iter().map(|loss| Double::from(loss.to_f64())).sum();
        let error = super::error::<E>(all.loss, exact * 1000.0);
        assert!(error <= ulps, "{level:?}: {} {error} ULP", all.loss);
    }
}

in_both_types! { one_row many_rows }
