//! Hard threshold.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::proximal::{self, Operator, ReferencedOperator, one};
use crate::reference::{self, Double};
use gradstep::Level;
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct HardThreshold<E> {
    lambda: E,
}

impl<E: Number> Operator<E> for HardThreshold<E> {
    type Formula = ops::HardThreshold<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::HardThreshold::new(self.lambda).expect("lambda >= 0")
    }
}

impl<E: Number> ReferencedOperator<E> for HardThreshold<E> {
    const NAME: &'static str = "hard_threshold";
    const CONVEX: bool = false;

    fn reference(self, x: f64) -> Double {
        reference::prox::hard_threshold(x, self.lambda.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x.abs() > self.lambda.to_f64() { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        let lambda = Double::from(self.lambda.to_f64());
        if u.is_zero() { Double::ZERO } else { lambda * lambda / 2.0 }
    }
    fn on_grid(k: f64) -> Self {
        Self { lambda: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.lambda]
    }
}

fn all<E: Number>() -> [HardThreshold<E>; 4] {
    [0.3, 0.0, 2.5, f64::INFINITY].map(|lambda| HardThreshold { lambda: E::from_f64(lambda) })
}

proximal::tests!(all);

/// Any threshold: an element is 0 or what it was.
#[test]
fn it_keeps_or_kills() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(x, lambda)| {
            let lambda = if lambda.is_nan() { E::ONE } else { lambda };
            let lambda = if lambda < E::ZERO { -lambda } else { lambda };
            for (x, lambda) in [(x, lambda), (lambda, lambda), (-lambda, lambda)] {
                let magnitude = if x < E::ZERO { -x } else { x };
                let expected = if magnitude <= lambda { E::ZERO } else { x };
                for level in Level::available() {
                    let got = one(HardThreshold { lambda }, level, x);
                    prop_assert!(bits(got) == bits(expected), "{x:?} {lambda:?} on {level:?}");
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}
