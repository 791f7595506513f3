//! Elastic net.

use crate::elementwise::{self, law};
use crate::numbers::{Number, bits};
use crate::proximal::{Elements, one};
use crate::soft_threshold::lambdas;
use gradstep::Level;
use gradstep::prox;
use gradstep_check::catalogue::ElasticNet;
use proptest::prop_assert;

#[test]
fn extreme_parameters() {
    fn check<E: Number>() {
        for l1 in lambdas::<E>() {
            for l2 in lambdas::<E>().into_iter().filter(|l2| l2.finite()) {
                elementwise::values(Elements(ElasticNet { l1, l2 })).unwrap();
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Without `l2` it is soft-threshold, to the bit.
#[test]
fn without_l2_it_is_soft_threshold() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(x, l1)| {
            let l1 = if l1.is_nan() { E::ONE } else { l1 };
            let l1 = if l1 < E::ZERO { -l1 } else { l1 };
            let mut soft = [x];
            prox::SoftThreshold::new(l1.to_f64())
                .expect("l1 >= 0")
                .apply(&mut soft)
                .expect("not refused");
            for level in Level::available() {
                let got = one(ElasticNet { l1, l2: E::ZERO }, level, x);
                prop_assert!(bits(got) == bits(soft[0]), "{x:?} {l1:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}
