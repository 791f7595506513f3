//! What holds for Adam and AdamW alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::{Number, bits, not_negative};
use crate::reference::ulp;
use crate::reference::update as reference;
use crate::update::Stepper;
use gradstep::kernels::ops::Betas;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::AdamWith;
use proptest::prelude::*;

/// Options, which of the two updates, and the step number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adam {
    pub(crate) formula: reference::Adam,
    pub(crate) t: u64,
}

impl Adam {
    /// One step by the public methods; the last slice is used by AMSGrad alone.
    pub(crate) fn step<E: Number>(
        self,
        level: Level,
        w: &mut [E],
        g: &[E],
        [m, v, v_max]: [&mut [E]; 3],
    ) {
        let Adam { formula, t } = self;
        let on = Execution::new().level(level);
        macro_rules! step {
            ($decoupled:literal [$n:literal] $state:expr) => {{
                let entry = AdamWith::<$decoupled> { formula, t };
                let update = Stepper::<E, $n>::update(entry, on).expect("options");
                entry.step(&update, Tensor { w, g, state: $state }).expect("not refused");
            }};
        }
        match (formula.decoupled, formula.amsgrad) {
            (false, false) => step!(false [2] [m, v]),
            (false, true) => step!(false [3] [m, v, v_max]),
            (true, false) => step!(true [2] [m, v]),
            (true, true) => step!(true [3] [m, v, v_max]),
        }
    }

    /// The weight after one step from this state.
    fn weight<E: Number>(self, level: Level, [w, g, m, v, v_max]: [E; 5]) -> E {
        let (mut w, mut m, mut v, mut v_max) = ([w], [m], [v], [v_max]);
        self.step(level, &mut w, &[g], [&mut m, &mut v, &mut v_max]);
        w[0]
    }
}

pub(crate) const PLAIN: reference::Adam =
    reference::Adam { learning_rate: 0.01, ..reference::Adam::PLAIN };

/// Both updates with these options.
fn both(formula: reference::Adam, t: u64) -> [Adam; 2] {
    [false, true].map(|decoupled| Adam { formula: reference::Adam { decoupled, ..formula }, t })
}

#[test]
fn without_decay_both_are_the_same() {
    fn check<E: Number>() {
        law(&(prop::array::uniform5(E::any()), 1..u64::MAX), |(mut state, t)| {
            state[3..].iter_mut().for_each(|v| *v = not_negative(*v));
            for level in Level::available() {
                for amsgrad in [false, true] {
                    let formula = reference::Adam { amsgrad, ..PLAIN };
                    let [adam, adam_w] = both(formula, t).map(|adam| adam.weight(level, state));
                    prop_assert!(bits(adam) == bits(adam_w), "{state:?} {t} on {level:?}");
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// `1 - beta` and the decay are computed in `f64` and rounded once: in `f32`,
/// `1 - 0.999` would be off by parts per hundred thousand.
#[test]
fn constants_are_rounded_once() {
    fn check<E: Number>() {
        for level in Level::available() {
            let formula = reference::Adam { weight_decay: 0.1, ..PLAIN };
            let [_, adam] = both(formula, 1);
            let (mut w, mut m, mut v) = ([E::ONE], [E::ZERO], [E::ZERO]);
            adam.step(level, &mut w, &[E::ZERO], [&mut m, &mut v, &mut []]);
            assert_eq!(w, [E::from_f64(1.0 - 0.01 * 0.1)], "{level:?}");
            adam.step(level, &mut w, &[E::ONE], [&mut m, &mut v, &mut []]);
            assert_eq!((m[0], v[0]), (E::from_f64(1.0 - 0.9), E::from_f64(1.0 - 0.999)));
        }
    }
    check::<f32>();
    check::<f64>();
}

/// The corrections for every kind of `beta` and `t`, to 4 ULP: logarithm (1), product
/// (1/2), `expm1` (1), the root (1/2).
#[test]
fn corrections_are_accurate() {
    let betas = [0.0, 1e-300, 1e-3, 0.5, 0.9, 0.99, 0.999, 0.999999, 1.0 - f64::EPSILON / 2.0];
    for beta in betas {
        for t in (0..40).flat_map(|k| [1 << k, (1 << k) + 1, 3 << k]) {
            let (first, second) = Betas::new(beta, beta).corrections(t);
            let exact = 1.0 - reference::power(beta, t);
            let errors = [ulp::of_f64(first, exact), ulp::of_f64(second, exact.sqrt())];
            assert!(errors.into_iter().all(|error| error <= 4.0), "{beta} {t}: {errors:?}");
        }
        assert_eq!(Betas::new(beta, beta).corrections(u64::MAX), (1.0, 1.0), "{beta}");
    }
}

/// From some step on the corrections are 1, up to the largest number.
#[test]
fn every_step_number_works() {
    for level in Level::available() {
        for adam in both(reference::Adam { weight_decay: 0.1, amsgrad: true, ..PLAIN }, 1_000_000) {
            let state = [0.5f32, 0.25, -0.5, 0.75, 0.125];
            let late = adam.weight(level, state);
            for t in [1 << 32, (1 << 53) + 1, u64::MAX] {
                assert_eq!(Adam { t, ..adam }.weight(level, state), late, "{t} on {level:?}");
            }
            assert_ne!(Adam { t: 1, ..adam }.weight(level, state), late);
        }
    }
}

/// The largest second moment so far, which never falls.
#[test]
fn amsgrad_keeps_the_largest() {
    let formula = reference::Adam { amsgrad: true, ..PLAIN };
    for level in Level::available() {
        let (mut w, mut m, mut v, mut v_max) = ([1.0f64], [0.0], [0.0], [0.0]);
        let (mut largest, mut falls) = (0f64, 0);
        for t in 1..300 {
            let g = [if t < 100 { 1.0 } else { 0.001 }];
            let before = v[0];
            let adam = Adam { formula, t };
            adam.step(level, &mut w, &g, [&mut m, &mut v, &mut v_max]);
            largest = largest.max(v[0]);
            falls += usize::from(v[0] < before);
            assert_eq!(v_max[0], largest, "step {t} on {level:?}");
        }
        assert_eq!(falls, 200);
    }
}

/// What the documentation says of infinities, of squares that overflow, of `eps` 0.
#[test]
fn special_values() {
    fn check<E: Number>() {
        let (zero, one, inf) = (E::ZERO, E::ONE, E::INFINITY);
        for level in Level::available() {
            for amsgrad in [false, true] {
                for adam in both(reference::Adam { amsgrad, ..PLAIN }, 2) {
                    let step = |g: E, m: E, v: E| {
                        let (mut w, mut m, mut v, mut v_max) = ([one], [m], [v], [v]);
                        adam.step(level, &mut w, &[g], [&mut m, &mut v, &mut v_max]);
                        (w[0], m[0], v[0])
                    };
                    for g in [inf, -inf] {
                        let (w, m, v) = step(g, one, one);
                        assert!(w.is_nan() && m == g && v == inf, "{adam:?} on {level:?}");
                    }
                    let (w, m, v) = step(E::LARGEST, zero, zero);
                    assert!(w == one && m.finite() && v == inf, "{adam:?} on {level:?}");
                    let (w, m, v) = step(E::NAN, one, one);
                    assert!(w.is_nan() && m.is_nan() && v.is_nan());
                    let (w, m, v) = step(zero, zero, zero);
                    assert!(w == one && m == zero && v == zero);
                    let none = Adam { formula: reference::Adam { eps: 0.0, ..adam.formula }, t: 2 };
                    assert!(none.weight(level, [one, zero, zero, zero, zero]).is_nan());
                    assert!(none.weight(level, [one, one, one, one, one]) < one);
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// A first step is as long as the learning rate, for gradients of any magnitude.
#[test]
fn the_first_step_has_the_length_of_the_learning_rate() {
    let adam = Adam { formula: reference::Adam { eps: 1e-30, ..PLAIN }, t: 1 };
    for level in Level::available() {
        for power in -12..12 {
            let g = 10f32.powi(power);
            let w = adam.weight(level, [0.0, g, 0.0, 0.0, 0.0]);
            assert!((w + 0.01).abs() < 1e-8, "{g} on {level:?}: {w}");
        }
    }
}
