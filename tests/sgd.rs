//! Stochastic gradient descent with weight decay.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, update as reference};
use crate::tolerance;
use gradstep::update::{self, SgdMomentum};
use gradstep::{Execution, Level};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct Sgd {
    learning_rate: f64,
    weight_decay: f64,
    grad_scale: f64,
    maximize: bool,
}

const PLAIN: Sgd = Sgd { learning_rate: 0.1, weight_decay: 0.0, grad_scale: 1.0, maximize: false };

impl Sgd {
    fn on(self, level: Level) -> update::Sgd {
        let sgd = update::Sgd::new(self.learning_rate).expect("a rate");
        let sgd = sgd.weight_decay(self.weight_decay).expect("a decay");
        let sgd = sgd.grad_scale(self.grad_scale).expect("a scale");
        let sgd = sgd.execution(Execution::new().level(level));
        if self.maximize { sgd.maximize() } else { sgd }
    }
}

impl<E: Number> Operation<E> for Sgd {
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

impl<E: Number> Referenced<E> for Sgd {
    const NAME: &'static str = "sgd";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let Self { learning_rate, weight_decay, grad_scale, maximize } = self;
        let [w, g] = [row[0], row[1]].map(Double::from);
        let formula = reference::Sgd {
            learning_rate,
            weight_decay,
            // Without momentum the same, and for infinite weights the form promised.
            decoupled: true,
            grad_scale,
            maximize,
            ..Default::default()
        };
        let (value, _) = formula.step(w, g, Double::ZERO, 1);
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * weight_decay);
        let magnitude = kept + learning_rate * (g * grad_scale).abs();
        vec![Expected { output: "w", value, magnitude }]
    }
}

fn all<E: Number>() -> [Sgd; 5] {
    [
        PLAIN,
        Sgd { weight_decay: 1e-2, ..PLAIN },
        Sgd { weight_decay: 7.0, maximize: true, ..PLAIN },
        Sgd { learning_rate: 1e-3, weight_decay: 1e-4, grad_scale: 1.0 / 3.0, ..PLAIN },
        Sgd { learning_rate: 1.0, weight_decay: 1.0, grad_scale: -0.7, ..PLAIN },
    ]
}

elementwise::tests!(all, values);

/// Without a gradient a step multiplies by `1 - learning_rate weight_decay`, which
/// `f64` gives and the element type rounds once.
#[test]
fn decay_is_one_factor() {
    fn check<E: Number>() {
        let rates = || (1e-8f64..1.0, 1e-8f64..1.0);
        law(&(E::any(), rates()), |(w, (learning_rate, weight_decay))| {
            let keep = 1.0 - Double::from(learning_rate) * weight_decay;
            let exact = Double::from(w.to_f64()) * keep;
            for level in Level::available() {
                let mut got = [w];
                let sgd = Sgd { learning_rate, weight_decay, ..PLAIN }.on(level);
                sgd.step(&mut got, &[E::ZERO]).expect("not refused");
                let error = error_at(got[0], exact, Double::from(w.to_f64()));
                let bound = tolerance::ulps("sgd", "decay", E::FORMAT);
                prop_assert!(error <= bound, "{w:?} on {level:?}: {:?}, {error} ULP", got[0]);
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// `1 - learning_rate weight_decay` and `learning_rate grad_scale` are computed in
/// `f64` and rounded once: in `f32` the rates below would be lost or one unit off.
#[test]
fn constants_are_rounded_once() {
    fn check<E: Number>() {
        let rates = || (1e-8f64..1.0, 1e-3f64..1.0, -2f64..2.0);
        law(&rates(), |(learning_rate, weight_decay, grad_scale)| {
            let sgd = Sgd { learning_rate, weight_decay, grad_scale, ..PLAIN };
            for level in Level::available() {
                let (mut keep, mut step) = ([E::ONE], [E::ZERO]);
                sgd.on(level).step(&mut keep, &[E::ZERO]).expect("not refused");
                sgd.on(level).step(&mut step, &[-E::ONE]).expect("not refused");
                let exact = [1.0 - learning_rate * weight_decay, learning_rate * grad_scale];
                let exact = exact.map(|x| E::from_f64(x));
                prop_assert!([keep[0], step[0]] == exact, "{sgd:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Without momentum, decay in the gradient and decay of the weight are one update.
/// On a grid nothing rounds, so all ways to ask for it give the same bits.
#[test]
fn coupled_and_decoupled_are_the_same_without_momentum() {
    fn check<E: Number>() {
        law(&(-2000i32..2000, -2000i32..2000, 0u8..8), |(w, g, decay)| {
            let of = |x: i32| E::from_f64(f64::from(x) / 256.0);
            let (w, g, decay) = (of(w), of(g), f64::from(decay) / 8.0);
            for level in Level::available() {
                let on = Execution::new().level(level);
                let momentum = SgdMomentum::new(0.5, 0.0).expect("a rate").execution(on);
                let momentum = momentum.weight_decay(decay).expect("a decay");
                let plain = Sgd { learning_rate: 0.5, weight_decay: decay, ..PLAIN }.on(level);
                let mut got = [[w]; 5];
                let [a, b, c, d, e] = &mut got;
                plain.step(a, &[g]).expect("not refused");
                let mut buffer = [of(3)];
                momentum.step(b, &[g], &mut buffer, 1).expect("not refused");
                momentum.step(c, &[g], &mut buffer, 2).expect("not refused");
                momentum.decoupled().step(d, &[g], &mut buffer, 1).expect("not refused");
                momentum.decoupled().step(e, &[g], &mut buffer, 2).expect("not refused");
                let exact = w.to_f64() * (1.0 - 0.5 * decay) - 0.5 * g.to_f64();
                for got in got {
                    prop_assert!(
                        bits(got[0] + E::ZERO) == bits(E::from_f64(exact) + E::ZERO),
                        "{level:?}"
                    );
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}
