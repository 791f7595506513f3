//! Smooth L1 loss.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::pointwise;
use gradstep::loss;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::SmoothL1;
use proptest::prop_assert;

#[test]
fn extreme_parameters() {
    fn check<E: Number>() {
        let least = E::from_bits(1);
        let betas = [least, E::MIN_POSITIVE, E::LARGEST];
        for beta in betas.into_iter().chain([1e-30, 1e-5, 1e30].map(E::from_f64)) {
            pointwise::values_and_derivatives(SmoothL1 { beta }).unwrap();
        }
    }
    check::<f32>();
    check::<f64>();
}

fn on<E: Number>(beta: E, level: Level) -> loss::SmoothL1<'static, E> {
    let loss = loss::SmoothL1::new(beta.to_f64()).expect("beta >= 0");
    loss.execution(Execution::new().level(level))
}

#[test]
fn beyond_beta_the_slope_is_exactly_1() {
    fn check<E: Number>() {
        law(&(E::any(), E::any(), E::any()), |(beta, p, t)| {
            let beta = if beta < E::ZERO { -beta } else { beta };
            let d = p - t;
            let distance = if d < E::ZERO { -d } else { d };
            if !beta.finite() || distance.is_nan() || distance < beta || distance == E::ZERO {
                return Ok(());
            }
            for level in Level::available() {
                let mut grad = [E::ZERO];
                on(beta, level).backward(&[p], &[t], &[E::ONE], &mut grad).expect("not refused");
                let expected = if d < E::ZERO { -E::ONE } else { E::ONE };
                prop_assert!(grad[0] == expected, "{beta:?} {p:?} {t:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn without_a_quadratic_part_it_is_l1() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(p, t)| {
            for level in Level::available() {
                let (mut smooth, mut l1) = ([E::ZERO], [E::ZERO]);
                let values = [
                    on(E::ZERO, level).loss_and_grad(&[p], &[t], &mut smooth),
                    loss::L1::new().loss_and_grad(&[p], &[t], &mut l1),
                ];
                let values = values.map(|value| bits(value.expect("not refused")));
                prop_assert!(values[0] == values[1], "{p:?} {t:?} on {level:?}");
                prop_assert!(bits(smooth[0]) == bits(l1[0]), "{p:?} {t:?} on {level:?}");
            }
            Ok(())
        });
        for level in Level::available() {
            let mut grad = [E::ONE];
            let value = on(E::ZERO, level).loss_and_grad(&[E::ONE], &[E::ONE], &mut grad);
            assert!(value == Ok(0.0) && grad[0] == E::ZERO, "{level:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn an_infinite_difference_has_a_slope() {
    fn check<E: Number>() {
        for (p, t, slope) in [
            (E::INFINITY, E::ONE, E::ONE),
            (-E::INFINITY, E::ONE, -E::ONE),
            (E::LARGEST, -E::LARGEST, E::ONE),
            (-E::LARGEST, E::LARGEST, -E::ONE),
        ] {
            for level in Level::available() {
                let mut grad = [E::ZERO];
                let value = on(E::ONE, level).loss_and_grad(&[p], &[t], &mut grad);
                assert_eq!(value, Ok(f64::INFINITY), "{p:?} {t:?} on {level:?}");
                assert!(grad[0] == slope, "{p:?} {t:?} on {level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
