//! Lion.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, bits};
use crate::reference::{Double, update as reference};
use crate::{tolerance, trajectory};
use gradstep::update;
use gradstep::{Execution, Level};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
struct Lion(reference::Lion);

const PLAIN: reference::Lion = reference::Lion {
    learning_rate: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    weight_decay: 0.0,
    maximize: false,
    grad_scale: 1.0,
};

impl Lion {
    fn on(self, level: Level) -> update::Lion {
        let lion = update::Lion::new(self.0.learning_rate).expect("a rate");
        let lion = lion.betas(self.0.beta1, self.0.beta2).expect("betas");
        let lion = lion.weight_decay(self.0.weight_decay).expect("a decay");
        let lion = lion.grad_scale(self.0.grad_scale).expect("a scale");
        let lion = if self.0.maximize { lion.maximize() } else { lion };
        lion.execution(Execution::new().level(level))
    }

    /// Weight and average after one step.
    fn step<E: Number>(self, level: Level, w: E, g: E, m: E) -> (E, E) {
        let (mut w, mut m) = ([w], [m]);
        self.on(level).step(&mut w, &[g], &mut m).expect("not refused");
        (w[0], m[0])
    }
}

impl<E: Number> Operation<E> for Lion {
    const COLUMNS: &'static [&'static str] = &["w", "g", "m"];

    fn methods(self) -> Vec<Method<E>> {
        vec![Method::new("step", &[0, 1, 2], 2, move |level, x, out| {
            let [w, m] = out else { panic!("two outputs") };
            w.copy_from_slice(x[0]);
            m.copy_from_slice(x[2]);
            self.on(level).step(w, x[1], m).expect("not refused");
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect()
    }
}

impl<E: Number> Referenced<E> for Lion {
    const NAME: &'static str = "lion";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let [w, g, m] = [row[0], row[1], row[2]].map(Double::from);
        let (value, next) = self.0.step(w, g, m);
        let reference::Lion { learning_rate, weight_decay, grad_scale, .. } = self.0;
        let h = (g * grad_scale).abs();
        let terms = |beta: f64| beta * m.abs() + (1.0 - Double::from(beta)) * h;
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * weight_decay);
        let mut magnitude = kept + learning_rate;
        // Where the average may round to the other side of 0, so may the step.
        let signed = if self.0.maximize { -g } else { g } * grad_scale;
        let u = self.0.beta1 * m + (1.0 - Double::from(self.0.beta1)) * signed;
        let unsure = terms(self.0.beta1).max(Double::from(E::MIN_POSITIVE.to_f64()));
        let ulps = tolerance::ulps("lion", "sign", E::FORMAT);
        let epsilon = 2f64.powi(1 - E::FORMAT.precision());
        if u.abs() <= unsure * (ulps * epsilon) && !terms(self.0.beta1).is_zero() {
            magnitude = Double::from(E::LARGEST.to_f64());
        }
        vec![
            Expected { output: "w", value, magnitude },
            Expected { output: "m", value: next, magnitude: terms(self.0.beta2) },
        ]
    }
}

fn all<E: Number>() -> [Lion; 5] {
    [
        PLAIN,
        reference::Lion { weight_decay: 0.3, maximize: true, ..PLAIN },
        reference::Lion { weight_decay: 0.1, grad_scale: -0.3, learning_rate: 3.0, ..PLAIN },
        reference::Lion { beta1: 0.0, beta2: 0.0, ..PLAIN },
        reference::Lion { beta1: 0.95, beta2: 0.98, grad_scale: 1.0 / 3.0, ..PLAIN },
    ]
    .map(Lion)
}

elementwise::tests!(all, values);

/// `sign(0)` is 0, of either zero, and where average and gradient cancel.
#[test]
fn nothing_moves_where_the_average_is_0() {
    fn check<E: Number>() {
        let half = reference::Lion { beta1: 0.5, ..PLAIN };
        for level in Level::available() {
            for w in [E::ONE, -E::HALF, E::ZERO, E::LARGEST] {
                for (g, m) in [(E::ZERO, E::ZERO), (-E::ZERO, -E::ZERO), (E::TWO, -E::TWO)] {
                    let got = Lion(half).step(level, w, g, m).0;
                    assert_eq!(got, w, "{g:?} {m:?} on {level:?}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Otherwise every weight moves by the learning rate, whatever the magnitudes are.
#[test]
fn every_step_has_the_length_of_the_learning_rate() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(g, m)| {
            for level in Level::available() {
                let got = Lion(PLAIN).step(level, E::ZERO, g, m).0;
                let rate = E::from_f64(PLAIN.learning_rate);
                let known = got == rate || got == -rate || got == E::ZERO || got.is_nan();
                prop_assert!(known, "{g:?} {m:?} on {level:?}: {got:?}");
                let infinite = !g.finite() && !m.finite();
                prop_assert!(got.is_nan() <= (g.is_nan() || m.is_nan() || infinite));
            }
            Ok(())
        });
        for level in Level::available() {
            let rate = E::from_f64(PLAIN.learning_rate);
            assert_eq!(Lion(PLAIN).step(level, E::ZERO, E::INFINITY, E::ONE).0, -rate);
            assert_eq!(Lion(PLAIN).step(level, E::ZERO, E::ONE, -E::INFINITY).0, rate);
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn to_maximise_negates_the_gradient() {
    fn check<E: Number>() {
        law(&prop::array::uniform3(E::any()), |[w, g, m]| {
            let up = Lion(reference::Lion { maximize: true, ..PLAIN });
            for level in Level::available() {
                let (up, down) = (up.step(level, w, g, m), Lion(PLAIN).step(level, w, -g, m));
                let same = bits(up.0) == bits(down.0) && bits(up.1) == bits(down.1);
                prop_assert!(same, "{w:?} {g:?} {m:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn trajectories_keep_close_to_full_precision() {
    fn check<E: Number>() {
        for Lion(formula) in all::<E>() {
            let formula = reference::Lion { learning_rate: 1e-3, ..formula };
            trajectory::follow::<E, 1>(
                "lion",
                formula.weight_decay != 0.0,
                &format!("{formula:?}"),
                |level, w, g, [m], _| Lion(formula).on(level).step(w, g, m).expect("not refused"),
                |w, g, [m], _| {
                    let (w, m) = formula.step(w, g, m);
                    (w, [m])
                },
            );
        }
    }
    check::<f32>();
    check::<f64>();
}
