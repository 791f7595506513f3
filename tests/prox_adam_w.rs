//! AdamW with an L1 penalty.

use crate::adam::{Magnitudes, PLAIN};
use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random};
use crate::reference::Double;
use crate::reference::update::{self as reference, Moments};
use crate::trajectory;
use gradstep::update;
use gradstep::{Error, Execution, Level};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
struct ProxAdamW {
    formula: reference::ProxAdamW,
    t: u64,
}

impl ProxAdamW {
    fn on(self, level: Level) -> Result<update::ProxAdamW, Error> {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let step = update::ProxAdamW::new(adam.learning_rate)?
            .betas(adam.beta1, adam.beta2)?
            .eps(adam.eps)?
            .weight_decay(adam.weight_decay)?
            .grad_scale(adam.grad_scale)?
            .l1(l1)?
            .execution(Execution::new().level(level));
        let step = if adam.maximize { step.maximize() } else { step };
        Ok(if isotropic { step.isotropic() } else { step })
    }

    fn step<E: Number>(self, level: Level, w: &mut [E], g: &[E], [m, v]: [&mut [E]; 2]) {
        let update = self.on(level).expect("options");
        update.step(w, g, m, v, self.t).expect("not refused");
    }
}

impl<E: Number> Operation<E> for ProxAdamW {
    const COLUMNS: &'static [&'static str] = &["w", "g", "m", "v"];

    fn methods(self) -> Vec<Method<E>> {
        vec![Method::new("step", &[0, 1, 2, 3], 3, move |level, x, out| {
            let [w, m, v] = out else { panic!("three outputs") };
            w.copy_from_slice(x[0]);
            m.copy_from_slice(x[2]);
            v.copy_from_slice(x[3]);
            self.step(level, w, x[1], [m, v]);
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let mut row: Vec<E> = (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect();
        row.push(random.ordinary(0.0, 4.0));
        row
    }

    /// An average of squares is not negative.
    fn admit(self, row: &mut [E]) {
        if row[3] < E::ZERO {
            row[3] = -row[3];
        }
    }
}

impl<E: Number> Referenced<E> for ProxAdamW {
    const NAME: &'static str = "prox_adam_w";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let [w, g, m, v] = [row[0], row[1], row[2], row[3]].map(Double::from);
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let state = Moments { m, v, v_max: Double::ZERO };
        let (value, next) = self.formula.step(w, g, state, self.t);
        let terms = Magnitudes::of::<E>(&adam, [w, g, m, v], next, self.t);
        if !terms.in_range::<E>() {
            return Vec::new();
        }
        let eta = Double::from(adam.learning_rate);
        let kept = w.abs() * (1.0 + eta * adam.weight_decay);
        let moved = eta / (1.0 - reference::power(adam.beta1, self.t)) * terms.ratio;
        let threshold = if isotropic { eta * l1 } else { eta * l1 / terms.denominator };
        vec![
            Expected { output: "w", value, magnitude: kept + moved + threshold },
            Expected { output: "m", value: next.m, magnitude: terms.m },
            Expected { output: "v", value: next.v, magnitude: terms.v },
        ]
    }
}

fn all<E: Number>() -> [ProxAdamW; 6] {
    let plain = reference::Adam { decoupled: true, ..PLAIN };
    let decay = reference::Adam { weight_decay: 0.3, ..plain };
    let of = |adam, l1, isotropic, t| {
        let formula = reference::ProxAdamW { adam, l1, isotropic };
        ProxAdamW { formula, t }
    };
    [
        of(plain, 0.0, false, 1),
        of(plain, 0.5, false, 1),
        of(plain, 0.5, true, 2),
        of(reference::Adam { maximize: true, ..decay }, 0.01, false, 1000),
        of(reference::Adam { grad_scale: -0.3, learning_rate: 3.0, ..decay }, 0.7, true, 1 << 40),
        of(reference::Adam { beta1: 0.0, beta2: 0.5, eps: 0.1, ..decay }, 0.1, false, 3),
    ]
}

elementwise::tests!(all, values);

fn magnitude<E: Number>(x: E) -> E {
    if x < E::ZERO { -x } else { x }
}

/// A weight of 0 stays exactly +0 wherever the corrected average is at most `l1` (in
/// the metric form) or its step at most the threshold (in the isotropic one), and
/// moves where it is beyond by more than roundings.
#[test]
fn zeros_stay_where_the_average_is_at_most_l1() {
    fn check<E: Number>() {
        let range = (1e-6f64..10.0, 1e-3f64..10.0, -2f64..2.0, 1e-6f64..10.0, 1u64..1000);
        law(&range, |(learning_rate, l1, share, v, t)| {
            let adam = reference::Adam { learning_rate, decoupled: true, ..PLAIN };
            let correction = E::from_f64(1.0 / (1.0 - reference::power(0.9, t).to_f64()));
            for isotropic in [false, true] {
                let update = ProxAdamW { formula: reference::ProxAdamW { adam, l1, isotropic }, t };
                for level in Level::available() {
                    let (mut w, mut v) = ([E::ZERO], [E::from_f64(v)]);
                    let mut m = [E::from_f64(share * l1)];
                    // A gradient that leaves the average near what it is.
                    let g = m;
                    update.step(level, &mut w, &g, [&mut m, &mut v]);
                    let average = magnitude(m[0] * correction).to_f64();
                    let bound = match isotropic {
                        false => E::from_f64(l1).to_f64(),
                        true => {
                            let exact = Double::from(v[0].to_f64());
                            let scale = update.formula.scale(exact, t).to_f64();
                            learning_rate * l1 / scale
                        }
                    };
                    let what = || format!("{update:?} {m:?} {v:?} on {level:?}: {w:?}");
                    let roundings = if isotropic { 1e-5 } else { 0.0 };
                    if average <= bound * (1.0 - roundings) {
                        prop_assert!(w[0].bits() == E::ZERO.bits(), "{}", what());
                    } else if average > bound * (1.0 + 1e-5) {
                        prop_assert!(w[0] != E::ZERO, "{}", what());
                        prop_assert!((w[0] < E::ZERO) == (m[0] > E::ZERO), "{}", what());
                    }
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Without a penalty it is AdamW but for roundings.
#[test]
fn without_a_penalty_it_is_adam_w() {
    let adam = reference::Adam { decoupled: true, weight_decay: 0.1, ..PLAIN };
    for level in Level::available() {
        let mut random = Random::new(4);
        let (mut w, mut m, mut v) = ([0.5f64; 40], [0.0; 40], [0.0; 40]);
        let (mut w2, mut m2, mut v2) = (w, m, v);
        for t in 1..200 {
            let g: [f64; 40] = std::array::from_fn(|_| random.within(-1.0, 1.0));
            let formula = reference::ProxAdamW { adam, l1: 0.0, isotropic: t % 2 == 0 };
            ProxAdamW { formula, t }.step(level, &mut w, &g, [&mut m, &mut v]);
            let plain = crate::adam::Adam { formula: adam, t };
            plain.step(level, &mut w2, &g, [&mut m2, &mut v2, &mut []]);
        }
        let close = w.iter().zip(&w2).all(|(a, b)| (a - b).abs() < 1e-14);
        assert!(close && m == m2 && v == v2, "{level:?}");
    }
}

/// Many steps on a badly scaled quadratic with a penalty: the metric form rests at the
/// soft-thresholded solution with exact zeros, although its steps are scaled.
#[test]
fn the_metric_form_finds_the_minimum() {
    let l1 = 0.1;
    for level in Level::available() {
        let mut random = Random::new(8);
        let target: Vec<f64> = (0..40).map(|_| random.within(-1.0, 1.0)).collect();
        let curvature: Vec<f64> = (0..40).map(|_| random.within(0.2, 5.0)).collect();
        let (mut w, mut m, mut v) = (vec![0.3; 40], vec![0.0; 40], vec![0.0; 40]);
        for t in 1..=8000u64 {
            let learning_rate = 0.05 / (1.0 + t as f64 / 50.0);
            let adam = reference::Adam { learning_rate, decoupled: true, ..PLAIN };
            let formula = reference::ProxAdamW { adam, l1, isotropic: false };
            let g: Vec<f64> = (0..40).map(|i| curvature[i] * (w[i] - target[i])).collect();
            ProxAdamW { formula, t }.step(level, &mut w, &g, [&mut m, &mut v]);
        }
        for i in 0..40 {
            let exact = target[i].signum() * (target[i].abs() - l1 / curvature[i]).max(0.0);
            assert!((w[i] - exact).abs() < 1e-3, "{i} on {level:?}: {} {exact}", w[i]);
            assert_eq!(w[i] == 0.0, exact == 0.0, "{i} on {level:?}: {} {exact}", w[i]);
        }
    }
}

#[test]
fn trajectories_keep_close_to_full_precision() {
    fn check<E: Number>() {
        for ProxAdamW { formula, .. } in all::<E>() {
            let adam = reference::Adam { learning_rate: 1e-3, ..formula.adam };
            let formula = reference::ProxAdamW { adam, ..formula };
            trajectory::follow::<E, 2>(
                "prox_adam_w",
                true,
                |steps| steps,
                &format!("{formula:?}"),
                |level, w, g, state, t| ProxAdamW { formula, t }.step(level, w, g, state),
                |w, g, [m, v], t| {
                    let state = Moments { m, v, v_max: Double::ZERO };
                    let (w, next) = formula.step(w, g, state, t);
                    (w, [next.m, next.v])
                },
            );
        }
    }
    check::<f32>();
    check::<f64>();
}
