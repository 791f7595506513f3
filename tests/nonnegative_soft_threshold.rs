//! Soft-threshold onto the non-negative numbers.

use crate::elementwise;
use crate::numbers::{Number, bits, special};
use crate::proximal::{self, Elements, Operator, ReferencedOperator, one};
use crate::reference::{self, Double};
use crate::soft_threshold::lambdas;
use gradstep::Level;
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

#[derive(Clone, Copy, Debug)]
struct NonnegativeSoftThreshold<E> {
    lambda: E,
}

impl<E: Number> Operator<E> for NonnegativeSoftThreshold<E> {
    type Formula = ops::NonnegativeSoftThreshold<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::NonnegativeSoftThreshold::new(self.lambda).expect("lambda >= 0")
    }
}

impl<E: Number> ReferencedOperator<E> for NonnegativeSoftThreshold<E> {
    const NAME: &'static str = "nonnegative_soft_threshold";

    fn reference(self, x: f64) -> Double {
        reference::prox::nonneg_soft_threshold(x, self.lambda.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x > self.lambda.to_f64() { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        if u < 0.0 { Double::INFINITY } else { u * self.lambda.to_f64() }
    }
    fn on_grid(k: f64) -> Self {
        Self { lambda: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.lambda]
    }
}

fn all<E: Number>() -> [NonnegativeSoftThreshold<E>; 4] {
    [0.3, 0.0, 2.5, f64::INFINITY]
        .map(|lambda| NonnegativeSoftThreshold { lambda: E::from_f64(lambda) })
}

proximal::tests!(all);

#[test]
fn extreme_thresholds() {
    fn check<E: Number>() {
        for lambda in lambdas::<E>() {
            elementwise::values(Elements(NonnegativeSoftThreshold { lambda })).unwrap();
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Soft-threshold of what is positive, +0 of what is not.
#[test]
fn it_is_the_positive_part_of_soft_threshold() {
    fn check<E: Number>() {
        for lambda in lambdas::<E>() {
            let soft = prox::SoftThreshold::new(lambda).expect("lambda >= 0");
            for x in special::<E>() {
                let mut expected = [if x < E::ZERO { E::ZERO } else { x }];
                soft.apply(&mut expected);
                for level in Level::available() {
                    let got = one(NonnegativeSoftThreshold { lambda }, level, x);
                    assert_eq!(bits(got), bits(expected[0]), "{x:?} {lambda:?} on {level:?}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
