//! What holds for NAdam alone; the catalogue has the rest.

use crate::reference::{Format, adaptive, ulp};
use gradstep::kernels::ops::RisingMomentum;

/// Against products factor by factor, before and after a series takes over: where `beta1` is near
/// 1, the product still counts there.
#[test]
fn the_product_of_many_momenta() {
    for (beta1, ulps) in [(0.5, 8.0), (0.9, 8.0), (0.99, 30.0), (0.999, 30.0), (0.9999999, 90.0)] {
        for momentum_decay in [0.0, 1e-5, 0.004, 0.1, 3.0] {
            let reference = adaptive::Nadam {
                learning_rate: 0.0,
                beta1,
                beta2: 0.0,
                momentum_decay,
                eps: 0.0,
                weight_decay: 0.0,
                decoupled: false,
                maximize: false,
                grad_scale: 1.0,
            };
            let momentum = RisingMomentum::new(beta1, momentum_decay);
            for t in [1, 2, 10, 255, 256, 257, 300, 511, 512] {
                let (ahead, behind) = momentum.factors(t);
                for (got, exact) in [ahead, behind].into_iter().zip(reference.factors(t)) {
                    let error = ulp::error(got, exact, Format::F64);
                    let what = format!("{beta1}, {momentum_decay}, step {t}");
                    assert!(error <= ulps, "{what}: {got:e}, {error:.1} ULP");
                }
            }
        }
    }
}
