//! Gradient descent with momentum.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, update as reference};
use crate::tolerance;
use gradstep::update;
use gradstep::{Execution, Level};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct SgdMomentum {
    learning_rate: f64,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    decoupled: bool,
    maximize: bool,
    grad_scale: f64,
    t: u64,
}

const PLAIN: SgdMomentum = SgdMomentum {
    learning_rate: 0.1,
    momentum: 0.9,
    dampening: 0.0,
    nesterov: false,
    weight_decay: 0.0,
    decoupled: false,
    maximize: false,
    grad_scale: 1.0,
    t: 2,
};

impl SgdMomentum {
    fn on(self, level: Level) -> update::SgdMomentum {
        let sgd = update::SgdMomentum::new(self.learning_rate, self.momentum).expect("rates");
        let sgd = sgd.dampening(self.dampening).expect("a dampening");
        let sgd = sgd.weight_decay(self.weight_decay).expect("a decay");
        let sgd = sgd.grad_scale(self.grad_scale).expect("a scale");
        let sgd = if self.nesterov { sgd.nesterov().expect("no dampening") } else { sgd };
        let sgd = if self.decoupled { sgd.decoupled() } else { sgd };
        let sgd = if self.maximize { sgd.maximize() } else { sgd };
        sgd.execution(Execution::new().level(level))
    }

    fn reference(self) -> reference::Sgd {
        reference::Sgd {
            learning_rate: self.learning_rate,
            momentum: Some(self.momentum),
            dampening: self.dampening,
            nesterov: self.nesterov,
            weight_decay: self.weight_decay,
            decoupled: self.decoupled,
            maximize: self.maximize,
            grad_scale: self.grad_scale,
        }
    }

    /// Weight and buffer if every term had the same sign.
    fn magnitudes(self, w: Double, g: Double, buffer: Double) -> (Double, Double) {
        let (w, mut h) = (w.abs(), (g * self.grad_scale).abs());
        let decay = Double::from(self.weight_decay);
        let kept = if self.decoupled { w * (1.0 + self.learning_rate * decay) } else { w };
        if !self.decoupled {
            h = h + decay * w;
        }
        let undamped = (1.0 - Double::from(self.dampening)).abs();
        let buffer = if self.t == 1 { h } else { self.momentum * buffer.abs() + undamped * h };
        let step = if self.nesterov { h + self.momentum * buffer } else { buffer };
        (kept + self.learning_rate * step, buffer)
    }
}

impl<E: Number> Operation<E> for SgdMomentum {
    const COLUMNS: &'static [&'static str] = &["w", "g", "buffer"];

    fn methods(self) -> Vec<Method<E>> {
        let reads: &[usize] = if self.t == 1 { &[0, 1] } else { &[0, 1, 2] };
        vec![Method::new("step", reads, 2, move |level, x, out| {
            let [w, buffer] = out else { panic!("two outputs") };
            w.copy_from_slice(x[0]);
            buffer.copy_from_slice(x[2]);
            self.on(level).step(w, x[1], buffer, self.t).expect("not refused");
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect()
    }
}

impl<E: Number> Referenced<E> for SgdMomentum {
    const NAME: &'static str = "sgd_momentum";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let [w, g, buffer] = [row[0], row[1], row[2]].map(Double::from);
        let values = self.reference().step(w, g, buffer, self.t);
        let magnitudes = self.magnitudes(w, g, buffer);
        vec![
            Expected { output: "w", value: values.0, magnitude: magnitudes.0 },
            Expected { output: "buffer", value: values.1, magnitude: magnitudes.1 },
        ]
    }
}

fn all<E: Number>() -> [SgdMomentum; 8] {
    let decay = SgdMomentum { weight_decay: 0.3, ..PLAIN };
    [
        PLAIN,
        SgdMomentum { t: 1, maximize: true, ..decay },
        SgdMomentum { t: 1, nesterov: true, dampening: 0.0, ..decay },
        SgdMomentum { t: 1, dampening: 0.7, ..PLAIN },
        SgdMomentum { dampening: 0.999, decoupled: true, grad_scale: -0.3, ..decay },
        SgdMomentum { nesterov: true, grad_scale: 1.0 / 3.0, ..decay },
        SgdMomentum { nesterov: true, decoupled: true, t: 1000, ..decay },
        SgdMomentum { momentum: 0.0, dampening: 0.1, ..decay },
    ]
}

elementwise::tests!(all, values);

/// At the first step the buffer becomes the gradient: no dampening, and whatever it
/// held is not read.
#[test]
fn the_first_step_ignores_the_buffer_and_dampening() {
    fn check<E: Number>() {
        for level in Level::available() {
            let damped = SgdMomentum { dampening: 0.5, ..PLAIN }.on(level);
            let (mut w, mut buffer) = ([E::ONE; 3], [E::NAN, E::INFINITY, E::ONE]);
            damped.step(&mut w, &[E::TWO; 3], &mut buffer, 1).expect("not refused");
            assert!(buffer == [E::TWO; 3] && w == [w[0]; 3], "{level:?}: {w:?} {buffer:?}");
            damped.step(&mut w, &[E::TWO; 3], &mut buffer, 2).expect("not refused");
            let second = E::from_f64(0.9) * E::TWO + E::ONE;
            assert!(buffer == [second; 3], "{level:?}: {buffer:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `1 - dampening` and `1 - learning_rate weight_decay` are computed in `f64` and
/// rounded once: in `f32`, `1 - 0.999` would be off by parts per hundred thousand.
#[test]
fn constants_are_rounded_once() {
    fn check<E: Number>() {
        law(&(1e-8f64..1.0, 1e-3f64..1.0, 0.9f64..1.0), |(learning_rate, decay, dampening)| {
            let update = SgdMomentum {
                learning_rate,
                dampening,
                weight_decay: decay,
                decoupled: true,
                ..PLAIN
            };
            for level in Level::available() {
                let (mut w, mut buffer) = ([E::ONE], [E::ZERO]);
                update.on(level).step(&mut w, &[E::ZERO], &mut buffer, 2).expect("not refused");
                let keep = E::from_f64(1.0 - learning_rate * decay);
                prop_assert!(w[0] == keep, "{update:?} on {level:?}: {w:?}");
                update.on(level).step(&mut w, &[E::ONE], &mut buffer, 2).expect("not refused");
                let undamped = E::from_f64(1.0 - dampening);
                prop_assert!(buffer[0] == undamped, "{update:?} on {level:?}: {buffer:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Hundreds of steps down a quadratic against the same steps in full precision.
///
/// Each step adds a few roundings, which are as often up as down, so an error
/// grows like the square root of the number of steps. A factor of the weight that
/// was rounded once is off by the same amount at each step.
#[test]
fn trajectories_keep_close_to_full_precision() {
    fn check<E: Number>() {
        const STEPS: u64 = 400;
        for (i, update) in all::<E>().into_iter().enumerate() {
            // A rate with which hundreds of steps still move.
            let update = SgdMomentum { learning_rate: 1e-3, ..update };
            for level in Level::available() {
                let mut random = Random::new(i as u64);
                let draw =
                    |random: &mut Random| (0..32).map(|_| random.ordinary(-1.0, 1.0)).collect();
                let (mut w, mut buffer): (Vec<E>, Vec<E>) = (draw(&mut random), vec![E::ZERO; 32]);
                let target: Vec<E> = draw(&mut random);
                let mut exact: Vec<_> =
                    w.iter().map(|w| (Double::from(w.to_f64()), Double::ZERO)).collect();
                let (mut magnitude, mut worst) = (1f64, 0f64);
                for t in 1..=STEPS {
                    let g: Vec<E> = w.iter().zip(&target).map(|(w, t)| *w - *t).collect();
                    update.on(level).step(&mut w, &g, &mut buffer, t).expect("not refused");
                    for ((w, buffer), g) in exact.iter_mut().zip(&g) {
                        (*w, *buffer) =
                            update.reference().step(*w, Double::from(g.to_f64()), *buffer, t);
                        magnitude = magnitude.max(w.abs().to_f64());
                    }
                    let ulps = |output| tolerance::ulps("sgd_momentum", output, E::FORMAT);
                    let drift = if update.decoupled { ulps("decay per step") } else { 0.0 };
                    let bound = ulps("trajectory") * (t as f64).sqrt() + drift * t as f64;
                    for (w, (exact, _)) in w.iter().zip(&exact) {
                        let error = error_at(*w, *exact, Double::from(magnitude));
                        assert!(error <= bound, "{update:?} step {t} on {level:?}: {error} ULP");
                        worst = worst.max(error / bound);
                    }
                }
                println!("{:?} {update:?} on {level:?}: {worst:.3} of the bound", E::FORMAT);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn no_gradient_and_no_decay_changes_nothing() {
    fn check<E: Number>() {
        let w = [0.5, -1e-30, 3e30, 0.0].map(E::from_f64);
        for level in Level::available() {
            let (mut got, mut buffer) = (w, [E::ZERO; 4]);
            for t in 1..4 {
                PLAIN.on(level).step(&mut got, &[E::ZERO; 4], &mut buffer, t).expect("not refused");
            }
            assert_eq!(got.map(bits), w.map(bits), "{level:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}
