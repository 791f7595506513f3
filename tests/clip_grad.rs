//! Gradient clipping.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits, special};
use crate::reference::{Double, prox::norm, ulp};
use crate::tolerance;
use gradstep::update::{
    ClipGradNorm, GradNorm, clip_grad_norm, clip_grad_value, clip_grad_value_all,
};
use gradstep::{Execution, Level};
use proptest::prelude::*;

fn on(max_norm: f64, level: Level) -> ClipGradNorm {
    let clip = ClipGradNorm::new(max_norm).expect("max_norm >= 0");
    clip.execution(Execution::new().level(level))
}

fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| bits(*x)).collect()
}

fn raw(found: GradNorm) -> (u64, bool, u64) {
    (bits(found.norm), found.finite, bits(found.coefficient))
}

/// Norms of all magnitudes, lengths and places.
#[test]
fn norms() {
    fn check<E: Number>() {
        let bound = tolerance::ulps("clip_grad", "norm", E::FORMAT);
        let mut worst = 0f64;
        for n in (0..70).chain([1000, 5000, 70_000]) {
            let mut random = Random::new(n as u64);
            let mut scales = vec![E::ONE, E::MIN_POSITIVE, E::from_bits(1), E::LARGEST];
            scales.extend((0..4).map(|_| random.wide::<E>()));
            for scale in scales {
                let g: Vec<E> = (0..n).map(|_| random.ordinary::<E>(-1.0, 1.0) * scale).collect();
                let exact = norm(&g.iter().map(|x| x.to_f64()).collect::<Vec<_>>());
                let mut first = None;
                for level in Level::available() {
                    let found = on(1.0, level).measure(&g);
                    let error = ulp::of_f64(found.norm, exact);
                    let what = format!("{n} of {scale:?} on {level:?}: {found:?}");
                    assert!(error <= bound && found.finite, "{what}: {error} ULP");
                    worst = worst.max(error);
                    let coefficient = 1.0 / (exact + 1e-6);
                    let expected = if coefficient < 1.0 { coefficient } else { Double::ONE };
                    let off = ulp::relative(found.coefficient, expected);
                    assert!(off <= 1e-14 || expected.to_f64() < f64::MIN_POSITIVE, "{what}");
                    assert_eq!(*first.get_or_insert(raw(found)), raw(found), "{what}");
                }
            }
        }
        println!("{:?} clip_grad norm: {worst:.3} ULP", E::FORMAT);
    }
    check::<f32>();
    check::<f64>();
}

/// A list has the norm and the result of its parts put together, and parts of any
/// lengths are clipped by one coefficient.
#[test]
fn a_list_is_one_gradient() {
    fn check<E: Number>() {
        let parts = prop::collection::vec(prop::collection::vec(-3.0..3.0f64, 0..80), 0..8);
        law(&(parts, 0.0..20.0f64), |(parts, max_norm)| {
            let round = |part: Vec<f64>| part.into_iter().map(E::from_f64).collect::<Vec<E>>();
            let parts: Vec<Vec<E>> = parts.into_iter().map(round).collect();
            let whole = parts.concat();
            for level in Level::available() {
                let clip = on(max_norm, level);
                let (mut list, mut one) = (parts.clone(), whole.clone());
                let measured = clip.measure_all(&parts);
                let found = clip.clip_all(&mut list);
                let of_one = clip.clip(&mut one);
                prop_assert!(raw(measured) == raw(found));
                prop_assert!(raw(clip.measure(&whole)) == raw(of_one));
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-14 * a.abs();
                prop_assert!(near(found.norm, of_one.norm), "{found:?} {of_one:?}");
                let factor = E::from_f64(found.coefficient);
                for (after, before) in list.concat().iter().zip(&whole) {
                    prop_assert!(bits(*after) == bits(*before * factor), "{before:?} on {level:?}");
                }
                let after = clip.measure_all(&list);
                let slack = 1.0 + 4.0 * 2f64.powi(-(E::MANTISSA_BITS as i32));
                prop_assert!(after.norm <= max_norm * slack, "{after:?} above {max_norm}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn what_is_small_enough_is_not_touched() {
    fn check<E: Number>() {
        law(&(prop::collection::vec(E::any(), 0..80), 0.0..3.0f64), |(g, max_norm)| {
            for level in Level::available() {
                let mut after = g.clone();
                let found = on(f64::INFINITY, level).clip(&mut after);
                // Every bit, NaN and its payload too.
                let same = after.iter().zip(&g).all(|(a, b)| a.bits() == b.bits());
                prop_assert!(same, "max_norm inf on {level:?}");
                prop_assert!(found.finite == g.iter().all(|x| x.finite()), "{found:?}");
                let found = on(max_norm, level).clip(&mut after);
                let same = after.iter().zip(&g).all(|(a, b)| a.bits() == b.bits());
                let writes = found.finite && found.coefficient != 1.0;
                prop_assert!(same || writes, "{found:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Reported; written only if asked for.
#[test]
fn not_finite() {
    fn check<E: Number>() {
        for level in Level::available() {
            for n in [1, 7, 40, 5000] {
                for place in [0, n / 2, n - 1] {
                    for bad in [E::NAN, E::INFINITY, -E::INFINITY] {
                        let mut g = vec![E::ONE; n];
                        g[place] = bad;
                        let mut after = g.clone();
                        let found = on(0.5, level).clip(&mut after);
                        assert!(!found.finite && patterns(&after) == patterns(&g), "{found:?}");
                        let infinite = found.norm == f64::INFINITY && found.coefficient == 0.0;
                        let nan = found.norm.is_nan() && found.coefficient.is_nan();
                        assert!(if bad.is_nan() { nan } else { infinite }, "{found:?}");
                        on(0.5, level).scale_non_finite().clip(&mut after);
                        let elsewhere = if bad.is_nan() { E::NAN } else { E::ZERO };
                        for (i, x) in after.iter().enumerate() {
                            let expected = if i == place { E::NAN } else { elsewhere };
                            assert_eq!(bits(*x), bits(expected), "{i} of {n} on {level:?}");
                        }
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Finite numbers with a norm beyond the type: clipped, not reported.
#[test]
fn a_norm_beyond_the_type() {
    for level in Level::available() {
        let mut g = [f64::MAX, -f64::MAX];
        let found = on(2.0, level).clip(&mut g);
        assert!(found.finite && found.norm == f64::INFINITY && found.coefficient > 0.0);
        let half = 2f64.sqrt();
        assert!((g[0] - half).abs() < 1e-12 && (g[1] + half).abs() < 1e-12, "{g:?}");
        let mut g = [f32::MAX; 4];
        let found = on(2.0, level).clip(&mut g);
        assert_eq!(found.norm, 2.0 * f64::from(f32::MAX));
        assert!(g.iter().all(|x| (x - 1.0).abs() < 1e-6), "{g:?}");
    }
    let nothing: &[Vec<f32>] = &[];
    let found = ClipGradNorm::new(1.0).expect("1").measure_all(nothing);
    assert_eq!((found.norm.to_bits(), found.finite, found.coefficient), (0, true, 1.0));
}

#[test]
fn values_are_clamped() {
    fn check<E: Number>() {
        let mut all = special::<E>();
        all.extend([-1.5, -0.25, 0.25, 1.5].map(E::from_f64));
        for max in [0.0, 1.0, f64::INFINITY] {
            let high = E::from_f64(max);
            let mut one = all.clone();
            clip_grad_value(&mut one, max).expect("max_value");
            let (left, right) = all.split_at(7);
            let mut list = [left.to_vec(), right.to_vec()];
            clip_grad_value_all(&mut list, max).expect("max_value");
            assert_eq!(patterns(&list.concat()), patterns(&one));
            for (after, before) in one.iter().zip(&all) {
                let expected = if *before > high {
                    high
                } else if *before < -high {
                    -high
                } else {
                    *before
                };
                assert_eq!(bits(*after), bits(expected + E::ZERO), "{before:?} to {max}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn the_free_function_is_the_method() {
    let mut random = Random::new(1);
    let g: Vec<f32> = (0..100).map(|_| random.ordinary(-1.0, 1.0)).collect();
    let (mut a, mut b) = (g.clone(), g);
    let found = clip_grad_norm(&mut a, 0.5).expect("0.5");
    assert_eq!(raw(found), raw(ClipGradNorm::new(0.5).expect("0.5").clip(&mut b)));
    assert_eq!(patterns(&a), patterns(&b));
}
