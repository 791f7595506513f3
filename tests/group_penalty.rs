//! Norms of groups.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, prox as reference, ulp};
use crate::tolerance;
use gradstep::penalty::GroupPenalty;
use gradstep::{Execution, Groups, Level};
use proptest::prelude::*;

fn on(lambda: f64, groups: Groups<'_>, level: Level) -> GroupPenalty<'_> {
    let penalty = GroupPenalty::new(lambda, groups).expect("lambda >= 0");
    penalty.execution(Execution::new().level(level))
}

/// Value, and what was added to a gradient.
fn both<E: Number>(penalty: &GroupPenalty<'_>, w: &[E], before: &[E]) -> (f64, Vec<E>) {
    let mut grad = before.to_vec();
    let value = penalty.add_grad(w, &mut grad).expect("whole groups");
    let alone = penalty.value(w).expect("whole groups");
    assert_eq!(bits(value), bits(alone), "{penalty:?} of {w:?}");
    (value, grad)
}

fn values<E: Number>() {
    let [of_value, of_slope] =
        ["value", "derivative"].map(|output| tolerance::ulps("group_penalty", output, E::FORMAT));
    for n in [1usize, 2, 3, 5, 8, 16, 17, 33, 100, 1000] {
        let mut random = Random::new(n as u64);
        let mut scales = vec![E::ONE, E::MIN_POSITIVE, E::from_bits(1), E::LARGEST];
        scales.extend((0..10).map(|_| random.wide::<E>()));
        for scale in scales {
            let w: Vec<E> = (0..n).map(|_| random.ordinary::<E>(-1.0, 1.0) * scale).collect();
            let before: Vec<E> = (0..n).map(|_| random.ordinary(-0.5, 0.5)).collect();
            let wide: Vec<f64> = w.iter().map(|x| x.to_f64()).collect();
            let norm = reference::norm(&wide);
            let lambda = 0.75;
            for level in Level::available() {
                let penalty = on(lambda, Groups::of_length(n).expect("n"), level);
                let (value, grad) = both(&penalty, &w, &before);
                // A norm beyond f64 is infinite, times lambda or not.
                if norm.to_f64().is_finite() {
                    let error = ulp::of_f64(value, norm * lambda);
                    assert!(error <= of_value, "{n} of {scale:?} on {level:?}: {value}, {error}");
                }
                for i in 0..n {
                    let unit = if norm.is_zero() { Double::ZERO } else { wide[i] / norm };
                    let slope = unit * lambda;
                    let exact = slope + before[i].to_f64();
                    let magnitude = slope.abs().max(Double::from(before[i].to_f64().abs()));
                    let error = error_at(grad[i], exact, magnitude);
                    let what = format!("{n} of {scale:?} on {level:?}: {:?}", grad[i]);
                    assert!(error <= of_slope, "{what}, not {:?}, {error} ULP", exact.to_f64());
                }
            }
        }
    }
}

fn groups_add_up<E: Number>() {
    let lengths = prop::collection::vec(0usize..20, 0..12);
    law(&(lengths, any::<u64>()), |(lengths, seed)| {
        let mut random = Random::new(seed);
        let mut offsets = vec![0];
        offsets.extend(lengths.iter().scan(0, |sum, n| {
            *sum += n;
            Some(*sum)
        }));
        let n = *offsets.last().expect("one");
        let w: Vec<E> =
            (0..n)
                .map(|_| {
                    if random.below(8) == 0 { random.pattern() } else { random.ordinary(-2.0, 2.0) }
                })
                .collect();
        let before: Vec<E> = (0..n).map(|_| random.ordinary(-2.0, 2.0)).collect();
        let mut first = None;
        for level in Level::available() {
            let whole = on(0.5, Groups::by_offsets(&offsets).expect("in order"), level);
            let (value, grad) = both(&whole, &w, &before);
            let mut sum = 0.0;
            for pair in offsets.windows(2).filter(|pair| pair[0] < pair[1]) {
                let range = pair[0]..pair[1];
                let alone = on(1.0, Groups::of_length(range.len()).expect("n"), level);
                sum += alone.value(&w[range.clone()]).expect("whole groups");
                let half = on(0.5, Groups::of_length(range.len()).expect("n"), level);
                let (_, slope) = both(&half, &w[range.clone()], &before[range.clone()]);
                let same = slope.iter().zip(&grad[range]).all(|(a, b)| bits(*a) == bits(*b));
                prop_assert!(same, "{pair:?} on {level:?}");
            }
            prop_assert!(bits(value) == bits(0.5 * sum), "{value} {sum} on {level:?}");
            let patterns: Vec<u64> = grad.iter().map(|x| bits(*x)).collect();
            let got = (bits(value), patterns);
            prop_assert!(*first.get_or_insert_with(|| got.clone()) == got, "{level:?}");
        }
        Ok(())
    });
}

/// 0 in, nothing added; NaN in one group taints that group.
#[test]
fn special_values() {
    let groups = Groups::of_length(2).expect("2");
    for level in Level::available() {
        let penalty = on(2.0, groups, level);
        let (value, grad) = both(&penalty, &[0.0f32, -0.0, 3.0, 4.0], &[0.5, -0.5, 0.0, 0.0]);
        assert_eq!((value, &grad[..2]), (10.0, &[0.5, -0.5][..]), "{level:?}");
        assert!((grad[2] - 1.2).abs() < 1e-6 && (grad[3] - 1.6).abs() < 1e-6);
        let (value, grad) = both(&penalty, &[f64::NAN, 1.0, 3.0, 4.0], &[0.5; 4]);
        assert!(value.is_nan() && grad[0].is_nan() && grad[1].is_nan());
        assert!((grad[2] - 1.7).abs() < 1e-15, "{grad:?}");
        let (value, grad) = both(&penalty, &[f64::INFINITY, 1.0, 3.0, 4.0], &[0.5; 4]);
        assert!(value == f64::INFINITY && grad[0].is_nan() && grad[1] == 0.5);
        assert!((grad[3] - 2.1).abs() < 1e-15, "{grad:?}");
        let nothing = on(0.0, groups, level);
        assert_eq!(both(&nothing, &[1.0f32, 1.0], &[0.5, 0.5]), (0.0, vec![0.5, 0.5]));
        assert_eq!(both(&penalty, &[], &[0.0f64; 0]), (0.0, vec![]));
    }
}

in_both_types! { values groups_add_up }
