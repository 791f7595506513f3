//! Elastic net.

use crate::elementwise::{self, law};
use crate::numbers::{Number, bits};
use crate::proximal::{self, Elements, Operator, ReferencedOperator, one};
use crate::reference::{self, Double};
use crate::soft_threshold::lambdas;
use gradstep::Level;
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct ElasticNet<E> {
    l1: E,
    l2: E,
}

impl<E: Number> Operator<E> for ElasticNet<E> {
    type Formula = ops::ElasticNet<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::ElasticNet::new(self.l1, self.l2).expect("penalties >= 0")
    }
}

impl<E: Number> ReferencedOperator<E> for ElasticNet<E> {
    const NAME: &'static str = "elastic_net";

    fn reference(self, x: f64) -> Double {
        reference::prox::elastic_net(x, self.l1.to_f64(), self.l2.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x.abs() > self.l1.to_f64() {
            upstream / (1.0 + Double::from(self.l2.to_f64()))
        } else {
            Double::ZERO
        }
    }
    fn penalty(self, u: Double) -> Double {
        u.abs() * self.l1.to_f64() + u * u * self.l2.to_f64() / 2.0
    }
    fn on_grid(k: f64) -> Self {
        // 1 + l2 is a power of 2.
        Self { l1: E::from_f64(k), l2: E::from_f64([0.0, 1.0, 3.0][(k * 1024.0) as usize % 3]) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.l1]
    }
}

fn all<E: Number>() -> [ElasticNet<E>; 6] {
    let [a, b, c, d] = [0.3, 0.7, 2.5, 0.1].map(E::from_f64);
    // With the largest l2 most quotients underflow.
    [
        (a, b),
        (E::ZERO, d),
        (c, E::ZERO),
        (E::ZERO, E::LARGEST),
        (E::MIN_POSITIVE, E::LARGEST),
        (E::INFINITY, E::ONE),
    ]
    .map(|(l1, l2)| ElasticNet { l1, l2 })
}

proximal::tests!(all);

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
            prox::SoftThreshold::new(l1).expect("l1 >= 0").apply(&mut soft);
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
