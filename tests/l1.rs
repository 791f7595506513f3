//! Mean absolute error, and with it sums: its values are exact.

use crate::numbers::{Number, Random, special};
use crate::reference::{Double, ulp};
use crate::tolerance;
use gradstep::loss::L1;
use gradstep::{Execution, Level, Reduction};

#[test]
fn no_difference_has_no_slope() {
    fn check<E: Number>() {
        for x in special::<E>().into_iter().filter(|x| x.finite()) {
            for level in Level::available() {
                let l1 = L1::new().execution(Execution::new().level(level));
                let mut grad = [E::ONE];
                assert_eq!(l1.loss_and_grad(&[x], &[x], &mut grad), Ok(0.0));
                assert!(grad[0] == E::ZERO, "{x:?} on {level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Relative error of the sum of the magnitudes of `terms`, on every level.
fn sum_errors<E: Number>(terms: &[E]) -> impl Iterator<Item = f64> {
    let exact: Double = terms.iter().map(|x| Double::from(x.to_f64()).abs()).sum();
    let zeros = vec![E::ZERO; terms.len()];
    Level::available().map(move |level| {
        let l1 = L1::new().reduction(Reduction::Sum);
        let got = l1.execution(Execution::new().level(level)).loss(terms, &zeros);
        ulp::relative(got.expect("not refused"), exact)
    })
}

#[test]
fn sums_of_many_terms_are_typically_within_2_ulp() {
    fn check<E: Number>() {
        let mut random = Random::new(4);
        for n in [100, 1000, 10_000, 100_000, 1_000_000] {
            let uniform = (0..n).map(|_| random.ordinary(-1.0, 1.0)).collect();
            let spread = (0..n).map(|_| E::from_f64(random.within(-20.0, 0.0).exp2())).collect();
            let growing = (1..=n).map(|i| E::from_f64((i as f64).sqrt())).collect();
            let terms: [Vec<E>; 3] = [uniform, spread, growing];
            for (terms, what) in terms.iter().zip(["uniform", "spread", "growing"]) {
                for error in sum_errors(terms) {
                    assert!(error <= tolerance::typical_sum(E::FORMAT), "{what} {n}: {error}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Equal terms round the same way again and again.
#[test]
fn sums_of_equal_terms_keep_the_bound() {
    fn check<E: Number>() {
        for n in [100, 4096, 65_537, 1_000_000] {
            for term in [0.1, 1.0 / 3.0, 0.7, 1.9] {
                let terms = vec![E::from_f64(term); n];
                for error in sum_errors(&terms) {
                    assert!(error <= tolerance::worst_sum(E::FORMAT), "{term} {n}: {error}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn sums_of_small_integers_are_exact() {
    fn check<E: Number>() {
        for n in 0..=600 {
            let terms: Vec<E> = (0..n).map(|i| E::from_f64(i.into())).collect();
            assert!(sum_errors(&terms).all(|error| error == 0.0), "{n}");
        }
    }
    check::<f32>();
    check::<f64>();
}
