//! What holds for proximal gradient descent alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::{Number, Random, around};
use crate::update::Stepper;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::ProxSgd;
use gradstep_check::reference::update::ProxSgd as Formula;
use proptest::prop_assert;

const PLAIN: Formula = Formula { learning_rate: 0.1, l1: 0.0, l2: 0.0, grad_scale: 1.0 };

fn step<E: Number>(formula: Formula, level: Level, w: &mut [E], g: &[E]) {
    let entry = ProxSgd { formula };
    let update = Stepper::<E, 0>::update(entry, Execution::new().level(level)).expect("options");
    entry.step(&update, Tensor { w, g, state: [] }).expect("not refused");
}

/// The weight after one step.
fn weight<E: Number>(formula: Formula, level: Level, w: E, g: E) -> E {
    let mut w = [w];
    step(formula, level, &mut w, &[g]);
    w[0]
}

fn magnitude<E: Number>(x: E) -> E {
    if x < E::ZERO { -x } else { x }
}

/// A weight of 0 stays exactly +0 wherever `|g| <= l1`, whatever rate and l2 are;
/// at and next to the bound too.
#[test]
fn zeros_stay_where_the_gradient_is_at_most_l1() {
    fn check<E: Number>() {
        let ordinary = (1e-6f64..10.0, 1e-6f64..10.0, 0f64..10.0, -1f64..1.0);
        law(&ordinary, |(learning_rate, l1, l2, share)| {
            let update = Formula { learning_rate, l1, l2, ..PLAIN };
            let bound = E::from_f64(l1);
            let inside = around(bound, 3).filter(|g| *g <= bound);
            for g in inside.chain([E::from_f64(share) * bound, E::ZERO]) {
                for (w, g) in [(E::ZERO, g), (E::ZERO, -g), (-E::ZERO, g)] {
                    for level in Level::available() {
                        let got = weight(update, level, w, g);
                        let what = || format!("{update:?} {w:?} {g:?} on {level:?}: {got:?}");
                        prop_assert!(got.bits() == E::ZERO.bits(), "{}", what());
                    }
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Beyond `l1` a weight of 0 moves against the gradient; within two roundings of
/// the bound it may not yet.
#[test]
fn zeros_move_where_the_gradient_is_larger() {
    fn check<E: Number>() {
        let ordinary = (1e-6f64..10.0, 1e-6f64..10.0, 0f64..10.0, 0f64..1.0);
        law(&ordinary, |(learning_rate, l1, l2, share)| {
            let update = Formula { learning_rate, l1, l2, ..PLAIN };
            let bound = E::from_f64(l1).bits();
            for g in [E::from_bits(bound + 3), E::from_f64(l1 * (1.0 + 1e-5 + share))] {
                for level in Level::available() {
                    let (down, up) =
                        (weight(update, level, E::ZERO, g), weight(update, level, E::ZERO, -g));
                    let what = || format!("{update:?} {g:?} on {level:?}: {down:?} {up:?}");
                    prop_assert!(down < E::ZERO && up == -down, "{}", what());
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// `1 / (1 + learning_rate l2)` is computed in `f64` and rounded once.
#[test]
fn the_inverse_is_rounded_once() {
    fn check<E: Number>() {
        law(&(1e-8f64..1.0, 1e-3f64..1.0), |(learning_rate, l2)| {
            let update = Formula { learning_rate, l2, ..PLAIN };
            let exact = E::from_f64(1.0 / (1.0 + learning_rate * l2));
            for level in Level::available() {
                let got = weight(update, level, E::ONE, E::ZERO);
                prop_assert!(got == exact, "{update:?} on {level:?}: {got:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// A step never ends at -0, and never further from 0 than the gradient step does.
#[test]
fn penalties_shrink() {
    fn check<E: Number>() {
        law(&(E::any(), E::any(), 0f64..3.0, 0f64..3.0), |(w, g, l1, l2)| {
            for level in Level::available() {
                let free = weight(Formula { learning_rate: 0.5, ..PLAIN }, level, w, g);
                let got = weight(Formula { learning_rate: 0.5, l1, l2, ..PLAIN }, level, w, g);
                let what = || format!("{w:?} {g:?} {l1} {l2} on {level:?}: {free:?} {got:?}");
                prop_assert!(got.bits() != (-E::ZERO).bits(), "{}", what());
                prop_assert!(got.is_nan() == free.is_nan(), "{}", what());
                if !free.is_nan() {
                    prop_assert!(magnitude(got) <= magnitude(free), "{}", what());
                    prop_assert!(
                        got == E::ZERO || (got > E::ZERO) == (free > E::ZERO),
                        "{}",
                        what()
                    );
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Many steps on `(w - target)^2 / 2 + l1 |w|` end at the soft-thresholded target:
/// exactly 0 where that is 0.
#[test]
fn it_finds_the_minimum_of_a_penalised_square() {
    fn check<E: Number>() {
        let mut random = Random::new(7);
        let target: Vec<E> = (0..100).map(|_| random.ordinary(-2.0, 2.0)).collect();
        for level in Level::available() {
            let update = Formula { learning_rate: 0.3, l1: 0.75, ..PLAIN };
            let mut w: Vec<E> = (0..100).map(|_| random.ordinary(-2.0, 2.0)).collect();
            for _ in 0..200 {
                let g: Vec<E> = w.iter().zip(&target).map(|(w, t)| *w - *t).collect();
                step(update, level, &mut w, &g);
            }
            for (w, t) in w.iter().zip(&target) {
                let t = t.to_f64();
                let exact = t.signum() * (t.abs() - 0.75).max(0.0);
                let error = (w.to_f64() - exact).abs();
                assert!(
                    error <= 8.0 * 2f64.powi(-E::FORMAT.precision()),
                    "{t} on {level:?}: {w:?}"
                );
                assert_eq!(*w == E::ZERO, exact == 0.0, "{t} on {level:?}: {w:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
