//! Binary cross-entropy on logits, beyond what holds for every loss.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits};
use crate::pointwise::PointwiseLoss;
use gradstep::loss;
use gradstep::{Error, Execution, Level, Reduction};
use gradstep_check::catalogue::BinaryCrossEntropyWithLogits;
use proptest::prop_assert;

/// Value and derivative of one element.
fn pair<E: Number>(level: Level, pos_weight: E, x: E, y: E) -> (E, E) {
    let loss = BinaryCrossEntropyWithLogits { pos_weight }.loss();
    let loss = loss.execution(Execution::new().level(level));
    let (mut value, mut derivative) = ([E::NAN], [E::NAN]);
    loss.losses(&[x], &[y], &mut value).expect("not refused");
    loss.backward(&[x], &[y], &[E::ONE], &mut derivative).expect("not refused");
    (value[0], derivative[0])
}

#[test]
fn a_loss_far_below_the_epsilon_has_all_its_digits() {
    for level in Level::available() {
        let (right, wrong) = (pair(level, 1.0, 30.0f32, 1.0), pair(level, 1.0, -30.0f32, 0.0));
        for (value, derivative) in [right, (wrong.0, -wrong.1)] {
            assert!((value / 9.357_623e-14 - 1.0).abs() < 3e-7, "{value} on {level:?}");
            assert!((derivative / -9.357_623e-14 - 1.0).abs() < 3e-7, "{derivative} on {level:?}");
        }
    }
}

#[test]
fn infinite_logits_have_limits() {
    fn check<E: Number>() {
        let (one, inf) = (E::ONE, E::INFINITY);
        for level in Level::available() {
            for (weight, x, y, value, derivative) in [
                (one, inf, one, E::ZERO, E::ZERO),
                (one, -inf, E::ZERO, E::ZERO, E::ZERO),
                (one, inf, E::ZERO, inf, one),
                (one, -inf, one, inf, -one),
                (one, inf, E::HALF, inf, E::HALF),
                (one, -inf, E::HALF, inf, -E::HALF),
                (E::TWO, -inf, one, inf, -E::TWO),
                (E::TWO, -inf, E::ZERO, E::ZERO, E::ZERO),
                (E::ZERO, -inf, one, E::ZERO, E::ZERO),
            ] {
                let got = pair(level, weight, x, y);
                assert!(got == (value, derivative), "{weight:?} {x:?} {y:?} on {level:?}: {got:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Classes may be swapped: `loss(x, y) = loss(-x, 1 - y)`, bit for bit where
/// `1 - y` is exact.
#[test]
fn classes_are_alike() {
    fn check<E: Number>() {
        law(&(E::any(), 0u8..=16), |(x, y)| {
            let y = E::from_f64(f64::from(y) / 16.0);
            for level in Level::available() {
                let (value, derivative) = pair(level, E::ONE, x, y);
                let (other, slope) = pair(level, E::ONE, -x, E::ONE - y);
                prop_assert!(bits(value) == bits(other), "{x:?} {y:?} on {level:?}");
                // 0 and -0 are the same slope.
                prop_assert!(
                    bits(derivative + E::ZERO) == bits(E::ZERO - slope),
                    "{x:?} {y:?} on {level:?}"
                );
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn losses_are_not_negative_and_slopes_between_the_labels() {
    law(&(-1e6..1e6, 0.0..=1.0, 0.0..10.0), |(x, y, weight): (f64, f64, f64)| {
        for level in Level::available() {
            let (value, derivative) = pair(level, weight, x, y);
            prop_assert!(
                value >= 0.0 && value.is_finite(),
                "{x} {y} {weight} on {level:?}: {value}"
            );
            prop_assert!((-weight..=1.0).contains(&derivative), "{x} {y} {weight}: {derivative}");
        }
        Ok(())
    });
}

/// A weight for each column is that of a call for the column alone, wherever the
/// rows are cut, in all methods.
#[test]
fn columns_have_their_weights() {
    fn check<E: Number>() {
        let mut random = Random::new(17);
        for (rows, columns) in [(1, 1), (40, 3), (7, 8), (9, 31), (5, 32), (3, 100), (2000, 3)] {
            let n = rows * columns;
            let mut draw =
                |low, high| -> Vec<E> { (0..n).map(|_| random.ordinary(low, high)).collect() };
            let (x, y, upstream) = (draw(-9.0, 9.0), draw(0.0, 1.0), draw(-2.0, 2.0));
            let factors: Vec<E> = (0..columns).map(|c| E::from_f64(0.25 * c as f64)).collect();
            for level in Level::available() {
                let bce = || {
                    let bce = loss::BinaryCrossEntropyWithLogits::new().reduction(Reduction::Sum);
                    bce.execution(Execution::new().level(level))
                };
                let all = bce().pos_weights(&factors).expect("factors");
                let mut got = vec![vec![E::NAN; n]; 4];
                all.losses(&x, &y, &mut got[0]).expect("losses");
                let sum = all.loss_and_grad(&x, &y, &mut got[1]).expect("gradient");
                all.backward(&x, &y, &upstream, &mut got[2]).expect("backward");
                got[3].copy_from_slice(&x);
                let again = all.loss_and_grad_in_place(&mut got[3], &y).expect("in place");
                assert_eq!(bits(sum), bits(again), "{level:?}");
                assert_eq!(bits(sum), bits(all.loss(&x, &y).expect("loss")), "{level:?}");
                for i in 0..n {
                    let one = bce().pos_weight(factors[i % columns].to_f64()).expect("a factor");
                    let (x, y, u) = ([x[i]], [y[i]], [upstream[i]]);
                    let mut out = [[E::NAN]; 3];
                    one.losses(&x, &y, &mut out[0]).expect("losses");
                    one.loss_and_grad(&x, &y, &mut out[1]).expect("gradient");
                    one.backward(&x, &y, &u, &mut out[2]).expect("backward");
                    for (got, expected) in got.iter().zip([out[0], out[1], out[2], out[1]]) {
                        assert_eq!(bits(got[i]), bits(expected[0]), "{level:?} {columns} {i}");
                    }
                }
            }
        }
        let bce = loss::BinaryCrossEntropyWithLogits::<E>::new();
        assert!(bce.pos_weights(&[]).is_err() && bce.pos_weights(&[-E::ONE]).is_err());
        assert!(bce.pos_weights(&[E::INFINITY]).is_err());
        let two = [E::ONE; 2];
        let refused = bce.pos_weights(&two).and_then(|bce| bce.loss(&[E::ONE; 3], &[E::ONE; 3]));
        let expected = Error::Length { argument: "prediction", expected: 2, found: 3 };
        assert_eq!(refused, Err(expected));
    }
    check::<f32>();
    check::<f64>();
}
