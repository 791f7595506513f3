//! The strength that makes all weights 0, the largest violation of the optimality
//! conditions, and the duality gap.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits};
use gradstep::penalty::{LeastSquares, Penalty, lambda_max};
use gradstep::update::ProxSgd;
use gradstep::{Execution, Level};
use proptest::prelude::*;

fn on(l1: f64, l2: f64, level: Level) -> Penalty {
    let penalty = Penalty::new().l1(l1).and_then(|penalty| penalty.l2(l2)).expect("strengths");
    penalty.execution(Execution::new().level(level))
}

fn abs<E: Number>(x: E) -> E {
    if x < E::ZERO || x.bits() == (-E::ZERO).bits() { -x } else { x }
}

/// The larger one; NaN if either is.
fn larger<E: Number>(a: E, b: E) -> E {
    if a.is_nan() || a >= b { a } else { b }
}

/// By cases, in the element type.
fn violation<E: Number>(w: E, grad: E, l1: E, l2: E) -> E {
    if w == E::ZERO {
        larger(abs(grad) - l1, E::ZERO)
    } else if w > E::ZERO {
        abs(grad + w * l2 + l1)
    } else {
        abs(grad + w * l2 - l1) // NaN, too
    }
}

#[test]
fn the_largest_violation() {
    fn check<E: Number>() {
        let number = || prop_oneof![E::any(), Just(E::ZERO), (-2.0..2.0f64).prop_map(E::from_f64)];
        let rows = prop::collection::vec((number(), number()), 0..300);
        law(&(rows, 0.0..2.0f64, 0.0..2.0f64), |(rows, l1, l2)| {
            let (w, grad): (Vec<E>, Vec<E>) = rows.into_iter().unzip();
            let [a, b] = [l1, l2].map(E::from_f64);
            let all = w.iter().zip(&grad).map(|(w, grad)| violation(*w, *grad, a, b));
            let expected = all.fold(E::ZERO, larger);
            let largest = grad.iter().map(|x| abs(*x)).fold(E::ZERO, larger);
            for level in Level::available() {
                let got = on(l1, l2, level).kkt_violation(&w, &grad).expect("lengths");
                prop_assert!(
                    bits(got) == bits(expected.to_f64()),
                    "{level:?}: {got:?}, {expected:?}"
                );
            }
            let got = lambda_max(&grad, 1.0).expect("1");
            prop_assert!(bits(got) == bits(largest.to_f64()), "{got:?}, {largest:?}");
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// A NaN anywhere is found, and an element anywhere counts.
#[test]
fn every_place_counts() {
    fn check<E: Number>() {
        for n in (1..140).chain([5000, 200_003]) {
            let places = if n < 140 { (0..n).collect() } else { vec![0, n / 2, n - 1] };
            for place in places {
                let mut grad = vec![E::HALF; n];
                for (x, expected) in [(E::TWO, E::TWO), (E::NAN, E::NAN)] {
                    grad[place] = x;
                    let got = lambda_max(&grad, 1.0).expect("1");
                    assert_eq!(bits(got), bits(expected.to_f64()), "{place} of {n}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// With a gradient that is divided alike, a step from 0 stays at 0 at this strength, and
/// leaves it at the next smaller one.
#[test]
fn all_weights_stay_0_exactly_at_lambda_max() {
    fn check<E: Number>() {
        let column = prop::collection::vec((-100.0..100.0f64).prop_map(E::from_f64), 1..40);
        law(&(column, 1u32..5000, 1e-3..10.0f64), |(xt_residual, n, rate)| {
            let d = f64::from(n);
            let grad: Vec<E> =
                xt_residual.iter().map(|x| E::from_f64(-x.to_f64()) / E::from_f64(d)).collect();
            let lambda = lambda_max(&xt_residual, d).expect("n");
            if lambda == 0.0 {
                return Ok(());
            }
            let below = E::from_bits(E::from_f64(lambda).bits() - 1);
            for (l1, stay) in [(lambda, true), (below.to_f64(), false)] {
                let step = ProxSgd::new(rate).and_then(|step| step.l1(l1)).expect("l1");
                let mut w = vec![E::ZERO; grad.len()];
                step.step(&mut w, &grad).expect("lengths");
                let stays = w.iter().all(|w| w.bits() == E::ZERO.bits());
                // A step may round the difference of one unit away.
                prop_assert!(stays || !stay, "{xt_residual:?} {d} {rate}");
                let penalty = Penalty::new().l1(l1).expect("l1");
                let zero = vec![E::ZERO; grad.len()];
                let violation = penalty.kkt_violation(&zero, &grad).expect("lengths");
                prop_assert!((violation == 0.0) == stay, "{xt_residual:?} {d}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Least squares with a few random features.
struct Problem {
    /// `[samples, features]`
    x: Vec<f64>,
    y: Vec<f64>,
    features: usize,
}

impl Problem {
    fn new(random: &mut Random) -> Self {
        let (samples, features) = (3 + random.below(12), 1 + random.below(6));
        let mut column = |n| (0..n).map(|_| random.within(-1.0, 1.0)).collect();
        Self { x: column(samples * features), y: column(samples), features }
    }

    fn residual(&self, w: &[f64]) -> Vec<f64> {
        let rows = self.x.chunks(self.features).zip(&self.y);
        let product = |row: &[f64]| row.iter().zip(w).map(|(x, w)| x * w).sum::<f64>();
        rows.map(|(row, y)| y - product(row)).collect()
    }

    fn xt(&self, residual: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.features];
        for (row, r) in self.x.chunks(self.features).zip(residual) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * r);
        }
        sums
    }

    fn objective(&self, w: &[f64], l1: f64, l2: f64, d: f64) -> f64 {
        let squares = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        let sizes: f64 = w.iter().map(|w| w.abs()).sum();
        squares(&self.residual(w)) / (2.0 * d) + l1 * sizes + l2 / 2.0 * squares(w)
    }

    /// Proximal gradient descent until nothing moves.
    fn solution(&self, l1: f64, l2: f64, d: f64) -> Vec<f64> {
        // The largest eigenvalue of X^T X is at most its trace.
        let rate = d / self.x.iter().map(|x| x * x).sum::<f64>();
        let step = ProxSgd::new(rate).and_then(|step| step.l1(l1)?.l2(l2)).expect("strengths");
        let mut w = vec![0.0; self.features];
        for _ in 0..20_000 {
            let grad: Vec<f64> = self.xt(&self.residual(&w)).iter().map(|x| -x / d).collect();
            let before = w.clone();
            step.step(&mut w, &grad).expect("lengths");
            if w == before {
                break;
            }
        }
        w
    }
}

/// The gap is at least what an objective has above its minimum, and vanishes there.
#[test]
fn the_gap_bounds_the_distance_from_the_minimum() {
    let mut random = Random::new(11);
    for _ in 0..60 {
        let problem = Problem::new(&mut random);
        let (l1, l2) = (random.within(0.01, 0.5), [0.0, random.within(0.0, 0.5)][random.below(2)]);
        let d = [1.0, problem.y.len() as f64][random.below(2)];
        let best = problem.solution(l1, l2, d);
        let least = problem.objective(&best, l1, l2, d);
        for level in Level::available() {
            let gap = |w: &[f64]| {
                let residual = problem.residual(w);
                let xt = problem.xt(&residual);
                on(l1, l2, level)
                    .duality_gap(LeastSquares {
                        w,
                        residual: &residual,
                        xt_residual: &xt,
                        y: &problem.y,
                        denominator: d,
                    })
                    .expect("lengths")
            };
            let left = gap(&best);
            assert!((-1e-13..1e-7).contains(&left), "{left} at the minimum");
            for scale in [0.0, 1e-3, 0.1, 10.0] {
                let moved = |w: &f64| w + scale * random.within(-1.0, 1.0);
                let w: Vec<f64> = if scale == 0.0 {
                    vec![0.0; best.len()]
                } else {
                    best.iter().map(moved).collect()
                };
                let above = problem.objective(&w, l1, l2, d) - least;
                assert!(gap(&w) >= above - 1e-12, "{} {above} on {level:?}", gap(&w));
            }
        }
    }
}

/// NaN in any argument is not hidden.
#[test]
fn nan_makes_the_gap_nan() {
    let penalty = Penalty::new().l1(0.1).expect("l1");
    let good = [0.5, 0.25];
    let gap = |w: &[f64], r: &[f64], xt: &[f64], y: &[f64]| {
        penalty
            .duality_gap(LeastSquares { w, residual: r, xt_residual: xt, y, denominator: 2.0 })
            .expect("lengths")
    };
    assert!(gap(&good, &good, &good, &good).is_finite());
    let bad = [0.5, f64::NAN];
    assert!(gap(&bad, &good, &good, &good).is_nan());
    assert!(gap(&good, &bad, &good, &good).is_nan());
    assert!(gap(&good, &good, &bad, &good).is_nan());
    assert!(gap(&good, &good, &good, &bad).is_nan());
}
