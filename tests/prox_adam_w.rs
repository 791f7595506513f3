//! What holds for AdamW with an L1 penalty alone; the catalogue has the rest.

use crate::adam::PLAIN;
use crate::elementwise::law;
use crate::numbers::{Number, Random};
use crate::reference::Double;
use crate::reference::update as reference;
use crate::update::Stepper;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::ProxAdamW;
use proptest::prelude::*;

fn step<E: Number>(entry: ProxAdamW, level: Level, w: &mut [E], g: &[E], [m, v]: [&mut [E]; 2]) {
    let update = Stepper::<E, 2>::update(entry, Execution::new().level(level)).expect("options");
    entry.step(&update, Tensor { w, g, state: [m, v] }).expect("not refused");
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
                    step(update, level, &mut w, &g, [&mut m, &mut v]);
                    let average = (m[0] * correction).to_f64().abs();
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
            step(ProxAdamW { formula, t }, level, &mut w, &g, [&mut m, &mut v]);
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
            step(ProxAdamW { formula, t }, level, &mut w, &g, [&mut m, &mut v]);
        }
        for i in 0..40 {
            let exact = target[i].signum() * (target[i].abs() - l1 / curvature[i]).max(0.0);
            assert!((w[i] - exact).abs() < 1e-3, "{i} on {level:?}: {} {exact}", w[i]);
            assert_eq!(w[i] == 0.0, exact == 0.0, "{i} on {level:?}: {} {exact}", w[i]);
        }
    }
}
