//! Soft-threshold.

use crate::elementwise::{self, Expected, law};
use crate::numbers::{Number, bits, special};
use crate::proximal::{Elements, one};
use crate::reference::{self, Double};
use gradstep::Level;
use gradstep::prox;
use gradstep_check::catalogue::SoftThreshold;
use proptest::prelude::*;

/// What each method gives for `x`, a threshold and an upstream gradient.
pub(crate) fn expected(method: &str, x: f64, lambda: f64, upstream: f64) -> Vec<Expected> {
    let (output, value) = match method {
        "backward" => {
            let slope = reference::prox::soft_threshold_backward(x, lambda, upstream);
            ("derivative", Double::from(slope))
        }
        _ => ("value", reference::prox::soft_threshold(x, lambda)),
    };
    vec![Expected { output, value, magnitude: value }]
}

/// Thresholds for both forms.
pub(crate) fn lambdas<E: Number>() -> Vec<E> {
    let positive = special::<E>().into_iter().filter(|x| *x >= E::ZERO);
    positive.chain([1e-30, 0.3, 2.5].map(E::from_f64)).collect()
}

#[test]
fn extreme_thresholds() {
    fn check<E: Number>() {
        for lambda in lambdas::<E>() {
            elementwise::values(Elements(SoftThreshold { lambda })).unwrap();
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Exactly +0 at most `lambda` away from 0, of the sign of `x` beyond, and never
/// of a larger magnitude.
#[test]
fn what_is_small_becomes_positive_zero() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(x, lambda)| {
            if lambda.is_nan() || x.is_nan() {
                return Ok(());
            }
            let lambda = if lambda < E::ZERO { -lambda } else { lambda };
            for (x, lambda) in [(x, lambda), (lambda, lambda), (-lambda, lambda)] {
                let magnitude = if x < E::ZERO { -x } else { x };
                for level in Level::available() {
                    let got = one(SoftThreshold { lambda }, level, x);
                    let what = format!("{x:?} {lambda:?} on {level:?}: {got:?}");
                    if magnitude <= lambda {
                        prop_assert!(got.bits() == E::ZERO.bits(), "{what}");
                    } else if x > E::ZERO {
                        prop_assert!(got > E::ZERO && got <= x, "{what}");
                    } else {
                        prop_assert!(got < E::ZERO && got >= x, "{what}");
                    }
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn special_thresholds() {
    fn check<E: Number>() {
        let [none, all] = [E::ZERO, E::INFINITY].map(|lambda| SoftThreshold { lambda });
        for level in Level::available() {
            for x in special::<E>() {
                // -0 + 0 is +0, and nothing else changes.
                assert_eq!(bits(one(none, level, x)), bits(x + E::ZERO), "{x:?} on {level:?}");
                let expected = if x.is_nan() { E::NAN } else { E::ZERO };
                assert_eq!(bits(one(all, level, x)), bits(expected), "{x:?} on {level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn the_free_function_is_apply() {
    law(&(prop::collection::vec(proptest::num::f32::ANY, 0..70), 0.0..3.0f64), |(x, lambda)| {
        let (mut free, mut method) = (x.clone(), x);
        prox::soft_threshold(&mut free, lambda).expect("lambda >= 0");
        prox::SoftThreshold::new(lambda)
            .expect("lambda >= 0")
            .apply(&mut method)
            .expect("not refused");
        let patterns = |x: Vec<f32>| x.into_iter().map(bits).collect::<Vec<_>>();
        prop_assert!(patterns(free) == patterns(method));
        Ok(())
    });
}
