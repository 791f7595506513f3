//! Soft-threshold onto the non-negative numbers.

use crate::elementwise;
use crate::numbers::{Number, bits, special};
use crate::proximal::{Elements, one};
use crate::soft_threshold::lambdas;
use gradstep::Level;
use gradstep::prox;
use gradstep_check::catalogue::NonnegativeSoftThreshold;

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
            let soft = prox::SoftThreshold::new(lambda.to_f64()).expect("lambda >= 0");
            for x in special::<E>() {
                let mut expected = [if x < E::ZERO { E::ZERO } else { x }];
                soft.apply(&mut expected).expect("not refused");
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
