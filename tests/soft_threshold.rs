//! Soft-threshold.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, around, bits, special};
use crate::reference::{Double, prox};
use gradstep::prox as crate_prox;
use gradstep::{Execution, Level};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
struct SoftThreshold<E> {
    lambda: E,
}

fn on<E: Number>(lambda: E, level: Level) -> crate_prox::SoftThreshold<E> {
    let soft = crate_prox::SoftThreshold::new(lambda).expect("lambda >= 0");
    soft.execution(Execution::new().level(level))
}

/// Columns: x, upstream.
impl<E: Number> Operation<E> for SoftThreshold<E> {
    const WIDTH: usize = 2;

    fn methods(self) -> Vec<Method<E>> {
        let on = move |level| on(self.lambda, level);
        vec![
            Method::new("apply", &[0], 1, move |level, x, out| {
                out[0].copy_from_slice(x[0]);
                on(level).apply(out[0]);
            }),
            Method::new("apply_into", &[0], 1, move |level, x, out| {
                on(level).apply_into(x[0], out[0]).expect("not refused");
            }),
            Method::new("backward", &[0, 1], 1, move |level, x, out| {
                on(level).backward(x[0], x[1], out[0]).expect("not refused");
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        vec![random.ordinary(-4.0, 4.0), random.ordinary(-2.0, 2.0)]
    }
}

/// What each method gives for `x`, a threshold and an upstream gradient.
pub(crate) fn expected(method: &str, x: f64, lambda: f64, upstream: f64) -> Vec<Expected> {
    let (output, value) = match method {
        "apply" | "apply_into" => ("value", prox::soft_threshold(x, lambda)),
        "backward" => {
            ("derivative", Double::from(prox::soft_threshold_backward(x, lambda, upstream)))
        }
        _ => panic!("no method {method}"),
    };
    vec![Expected { output, value, magnitude: value }]
}

impl<E: Number> Referenced<E> for SoftThreshold<E> {
    const NAME: &'static str = "soft_threshold";

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        expected(method, row[0], self.lambda.to_f64(), row[1])
    }

    fn corners(self) -> Vec<Vec<E>> {
        let near = around(self.lambda, 4).flat_map(|x| [x, -x]);
        let x = near.chain([E::LARGEST, -E::LARGEST]).filter(|x| !x.is_nan());
        x.map(|x| vec![x, E::TWO]).collect()
    }
}

/// Thresholds for both forms.
pub(crate) fn lambdas<E: Number>() -> Vec<E> {
    let positive = special::<E>().into_iter().filter(|x| *x >= E::ZERO);
    positive.chain([1e-30, 0.3, 2.5].map(E::from_f64)).collect()
}

fn all<E: Number>() -> Vec<SoftThreshold<E>> {
    [0.0, 0.3, 2.5, f64::INFINITY]
        .map(|lambda| SoftThreshold { lambda: E::from_f64(lambda) })
        .into()
}

elementwise::tests!(all);

#[test]
fn values() {
    fn check<E: Number>() {
        for lambda in lambdas::<E>() {
            elementwise::values(SoftThreshold { lambda });
        }
    }
    check::<f32>();
    check::<f64>();
}

fn shrunk<E: Number>(level: Level, lambda: E, x: E) -> E {
    let mut x = [x];
    on(lambda, level).apply(&mut x);
    x[0]
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
                    let got = shrunk(level, lambda, x);
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
        for level in Level::available() {
            for x in special::<E>() {
                let identity = shrunk(level, E::ZERO, x);
                // -0 + 0 is +0, and nothing else changes.
                assert_eq!(bits(identity), bits(x + E::ZERO), "{x:?} on {level:?}");
                let nothing = shrunk(level, E::INFINITY, x);
                let expected = if x.is_nan() { E::NAN } else { E::ZERO };
                assert_eq!(bits(nothing), bits(expected), "{x:?} on {level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `(u - v)^2 <= (u - v)(x - y)` for the results of `x` and `y`. On a grid nothing
/// rounds, so the law must hold exactly.
#[test]
fn it_is_firmly_non_expansive() {
    fn check<E: Number>() {
        let grid = || -(1i32 << 20)..1 << 20;
        law(&(grid(), grid(), 0i32..1 << 20), |(x, y, lambda)| {
            let of = |x: i32| E::from_f64(f64::from(x) / 1024.0);
            for level in Level::available() {
                let shrunk = |x: i32| shrunk(level, of(lambda), of(x)).to_f64();
                let (u, v) = (shrunk(x), shrunk(y));
                let moved = f64::from(x - y) / 1024.0;
                prop_assert!((u - v) * (u - v) <= (u - v) * moved, "{x} {y} {lambda} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Of any two numbers the larger has the larger result: rounding keeps the order.
#[test]
fn it_keeps_the_order() {
    fn check<E: Number>() {
        law(&(E::any(), E::any(), E::any()), |(x, y, lambda)| {
            if lambda.is_nan() || x.partial_cmp(&y).is_none() {
                return Ok(());
            }
            let lambda = if lambda < E::ZERO { -lambda } else { lambda };
            let (low, high) = if x < y { (x, y) } else { (y, x) };
            for level in Level::available() {
                let (u, v) = (shrunk(level, lambda, low), shrunk(level, lambda, high));
                prop_assert!(u <= v, "{low:?} {high:?} {lambda:?} on {level:?}: {u:?} {v:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn the_free_function_is_apply() {
    law(&(prop::collection::vec(proptest::num::f32::ANY, 0..70), 0f32..3.0), |(x, lambda)| {
        let (mut free, mut method) = (x.clone(), x);
        crate_prox::soft_threshold(&mut free, lambda).expect("lambda >= 0");
        crate_prox::SoftThreshold::new(lambda).expect("lambda >= 0").apply(&mut method);
        let patterns = |x: Vec<f32>| x.into_iter().map(bits).collect::<Vec<_>>();
        prop_assert!(patterns(free) == patterns(method));
        Ok(())
    });
}
