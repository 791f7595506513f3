//! Hard threshold.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::proximal::one;
use gradstep::Level;
use gradstep_check::catalogue::HardThreshold;
use proptest::prop_assert;

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
