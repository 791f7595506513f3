//! Huber loss.

use crate::elementwise::law;
use crate::numbers::{Number, bits, error_at};
use crate::pointwise;
use crate::reference::Double;
use crate::tolerance;
use gradstep::loss;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::Huber;
use proptest::prop_assert;

#[test]
fn extreme_parameters() {
    fn check<E: Number>() {
        let least = E::from_bits(1);
        let deltas = [least, E::MIN_POSITIVE, E::LARGEST];
        for delta in deltas.into_iter().chain([1e-30, 1e-5, 1e30].map(E::from_f64)) {
            pointwise::values_and_derivatives(Huber { delta }).unwrap();
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `Huber(delta) = delta SmoothL1(beta = delta)`: in bits where the product is
/// exact, else within the tolerances of both.
#[test]
fn it_is_a_multiple_of_smooth_l1() {
    fn check<E: Number>() {
        let ulps = ["huber", "smooth_l1"].map(|loss| tolerance::ulps(loss, "value", E::FORMAT));
        law(&(-1000i32..1000, -1000i32..1000, 1u32..3000), |(p, t, delta)| {
            let of = |x: f64| E::from_f64(x / 700.0);
            let (p, t, ratio) = (of(p.into()), of(t.into()), of(delta.into()));
            for (delta, exact) in [(ratio, false), (E::HALF, true), (E::TWO, true)] {
                for level in Level::available() {
                    let on = Execution::new().level(level);
                    let huber = loss::Huber::new(delta.to_f64()).expect("delta > 0").execution(on);
                    let smooth =
                        loss::SmoothL1::new(delta.to_f64()).expect("beta >= 0").execution(on);
                    let mut values = [[E::ZERO]; 4];
                    let [a, b, c, d] = &mut values;
                    huber.losses(&[p], &[t], a).expect("not refused");
                    smooth.losses(&[p], &[t], b).expect("not refused");
                    huber.backward(&[p], &[t], &[E::ONE], c).expect("not refused");
                    smooth.backward(&[p], &[t], &[E::ONE], d).expect("not refused");
                    let [[a], [b], [c], [d]] = values;
                    let what = format!("{p:?} {t:?} {delta:?} on {level:?}");
                    if exact {
                        prop_assert!(bits(a) == bits(delta * b), "{what}");
                        prop_assert!(bits(c) == bits(delta * d), "{what}");
                    }
                    let product = |x: E| Double::from(delta.to_f64()) * x.to_f64();
                    // A ULP of a factor in a high place counts two of the product.
                    let error = error_at(a, product(b), product(b));
                    prop_assert!(error <= ulps[0] + 2.0 * ulps[1], "{what}: {error}");
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn an_infinite_difference_has_a_slope() {
    fn check<E: Number>() {
        for (p, t) in [(E::INFINITY, E::ONE), (E::LARGEST, -E::LARGEST)] {
            for level in Level::available() {
                let huber = loss::Huber::new(0.5).expect("delta > 0");
                let huber = huber.execution(Execution::new().level(level));
                let mut grad = [E::ZERO];
                assert_eq!(huber.loss_and_grad(&[p], &[t], &mut grad), Ok(f64::INFINITY));
                assert!(grad[0] == E::HALF, "{p:?} {t:?} on {level:?}");
                assert_eq!(huber.loss_and_grad(&[t], &[p], &mut grad), Ok(f64::INFINITY));
                assert!(grad[0] == -E::HALF, "{t:?} {p:?} on {level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
