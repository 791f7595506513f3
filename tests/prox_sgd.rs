//! Proximal gradient descent.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, around};
use crate::reference::{Double, update as reference};
use gradstep::update;
use gradstep::{Execution, Level};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct ProxSgd {
    learning_rate: f64,
    l1: f64,
    l2: f64,
    grad_scale: f64,
}

const PLAIN: ProxSgd = ProxSgd { learning_rate: 0.1, l1: 0.0, l2: 0.0, grad_scale: 1.0 };

impl ProxSgd {
    fn on(self, level: Level) -> update::ProxSgd {
        let sgd = update::ProxSgd::new(self.learning_rate).expect("a rate");
        let sgd = sgd.l1(self.l1).expect("a penalty").l2(self.l2).expect("a penalty");
        let sgd = sgd.grad_scale(self.grad_scale).expect("a scale");
        sgd.execution(Execution::new().level(level))
    }

    /// The weight after one step.
    fn step<E: Number>(self, level: Level, w: E, g: E) -> E {
        let mut w = [w];
        self.on(level).step(&mut w, &[g]).expect("not refused");
        w[0]
    }
}

impl<E: Number> Operation<E> for ProxSgd {
    const COLUMNS: &'static [&'static str] = &["w", "g"];

    fn methods(self) -> Vec<Method<E>> {
        vec![Method::new("step", &[0, 1], 1, move |level, x, out| {
            out[0].copy_from_slice(x[0]);
            self.on(level).step(out[0], x[1]).expect("not refused");
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        vec![random.ordinary(-4.0, 4.0), random.ordinary(-2.0, 2.0)]
    }
}

impl<E: Number> Referenced<E> for ProxSgd {
    const NAME: &'static str = "prox_sgd";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let Self { learning_rate, l1, l2, grad_scale } = self;
        let [w, g] = [row[0], row[1]].map(Double::from);
        let value = reference::ProxSgd { learning_rate, l1, l2, grad_scale }.step(w, g);
        let eta = Double::from(learning_rate);
        let terms = w.abs() + eta * (g * grad_scale).abs() + eta * l1;
        vec![Expected { output: "w", value, magnitude: terms / (1.0 + eta * l2) }]
    }
}

fn all<E: Number>() -> [ProxSgd; 5] {
    [
        PLAIN,
        ProxSgd { l1: 0.5, ..PLAIN },
        ProxSgd { l2: 0.3, ..PLAIN },
        ProxSgd { learning_rate: 1.0, l1: 0.7, l2: 3.0, grad_scale: -0.3 },
        ProxSgd { learning_rate: 1e-3, l1: 1e-4, l2: 1e-5, grad_scale: 1.0 / 3.0 },
    ]
}

elementwise::tests!(all, values);

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
            let update = ProxSgd { learning_rate, l1, l2, ..PLAIN };
            let bound = E::from_f64(l1);
            let inside = around(bound, 3).filter(|g| *g <= bound);
            for g in inside.chain([E::from_f64(share) * bound, E::ZERO]) {
                for (w, g) in [(E::ZERO, g), (E::ZERO, -g), (-E::ZERO, g)] {
                    for level in Level::available() {
                        let got = update.step(level, w, g);
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
            let update = ProxSgd { learning_rate, l1, l2, ..PLAIN };
            let bound = E::from_f64(l1).bits();
            for g in [E::from_bits(bound + 3), E::from_f64(l1 * (1.0 + 1e-5 + share))] {
                for level in Level::available() {
                    let (down, up) =
                        (update.step(level, E::ZERO, g), update.step(level, E::ZERO, -g));
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
            let update = ProxSgd { learning_rate, l2, ..PLAIN };
            let exact = E::from_f64(1.0 / (1.0 + learning_rate * l2));
            for level in Level::available() {
                let got = update.step(level, E::ONE, E::ZERO);
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
                let free = ProxSgd { learning_rate: 0.5, ..PLAIN }.step(level, w, g);
                let got = ProxSgd { learning_rate: 0.5, l1, l2, ..PLAIN }.step(level, w, g);
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
            let update = ProxSgd { learning_rate: 0.3, l1: 0.75, ..PLAIN }.on(level);
            let mut w: Vec<E> = (0..100).map(|_| random.ordinary(-2.0, 2.0)).collect();
            for _ in 0..200 {
                let g: Vec<E> = w.iter().zip(&target).map(|(w, t)| *w - *t).collect();
                update.step(&mut w, &g).expect("not refused");
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
