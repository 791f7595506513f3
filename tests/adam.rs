//! Adam and AdamW, with AMSGrad: drivers for both, and what holds for either.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, bits};
use crate::reference::update::{self as reference, Moments};
use crate::reference::{Double, ulp};
use crate::trajectory;
use gradstep::kernels::ops::Betas;
use gradstep::update;
use gradstep::{Error, Execution, Level};
use proptest::prelude::*;

/// Options, which of the two updates, and the step number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adam {
    pub(crate) formula: reference::Adam,
    pub(crate) t: u64,
}

/// The slices of one step.
type State<'a, E> = [&'a mut [E]; 3];

impl Adam {
    /// One step by the public methods; the last slice is used by AMSGrad alone.
    pub(crate) fn step<E: Number>(self, level: Level, w: &mut [E], g: &[E], state: State<'_, E>) {
        self.try_step(level, w, g, state).expect("not refused");
    }

    fn try_step<E: Number>(
        self,
        level: Level,
        w: &mut [E],
        g: &[E],
        [m, v, v_max]: State<'_, E>,
    ) -> Result<(), Error> {
        let formula = self.formula;
        macro_rules! step {
            ($update:ident) => {{
                let update = update::$update::new(formula.learning_rate)?
                    .betas(formula.beta1, formula.beta2)?
                    .eps(formula.eps)?
                    .weight_decay(formula.weight_decay)?
                    .grad_scale(formula.grad_scale)?
                    .execution(Execution::new().level(level));
                let update = if formula.maximize { update.maximize() } else { update };
                if formula.amsgrad {
                    update.step_amsgrad(w, g, m, v, v_max, self.t)
                } else {
                    update.step(w, g, m, v, self.t)
                }
            }};
        }
        if formula.decoupled { step!(AdamW) } else { step!(Adam) }
    }

    /// The weight after one step from this state.
    fn weight<E: Number>(self, level: Level, [w, g, m, v, v_max]: [E; 5]) -> E {
        let (mut w, mut m, mut v, mut v_max) = ([w], [m], [v], [v_max]);
        self.step(level, &mut w, &[g], [&mut m, &mut v, &mut v_max]);
        w[0]
    }
}

impl<E: Number> Operation<E> for Adam {
    const COLUMNS: &'static [&'static str] = &["w", "g", "m", "v", "v_max"];

    fn methods(self) -> Vec<Method<E>> {
        if self.formula.amsgrad {
            return vec![Method::new("step_amsgrad", &[0, 1, 2, 3, 4], 4, move |level, x, out| {
                let [w, m, v, v_max] = out else { panic!("four outputs") };
                w.copy_from_slice(x[0]);
                m.copy_from_slice(x[2]);
                v.copy_from_slice(x[3]);
                v_max.copy_from_slice(x[4]);
                self.step(level, w, x[1], [m, v, v_max]);
            })];
        }
        vec![Method::new("step", &[0, 1, 2, 3], 3, move |level, x, out| {
            let [w, m, v] = out else { panic!("three outputs") };
            w.copy_from_slice(x[0]);
            m.copy_from_slice(x[2]);
            v.copy_from_slice(x[3]);
            self.step(level, w, x[1], [m, v, &mut []]);
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let mut row: Vec<E> = (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect();
        row.extend([random.ordinary::<E>(0.0, 4.0), random.ordinary(0.0, 6.0)]);
        row
    }

    /// An average of squares is not negative.
    fn admit(self, row: &mut [E]) {
        row[3..].iter_mut().filter(|v| **v < E::ZERO).for_each(|v| *v = -*v);
    }
}

/// What an Adam step adds up, if every term had the same sign.
pub(crate) struct Magnitudes {
    /// Of the scaled gradient, with coupled decay.
    h: Double,
    pub(crate) m: Double,
    pub(crate) v: Double,
    /// `sqrt(v) / sqrt(1 - beta2^t) + eps`, as it is.
    pub(crate) denominator: Double,
    /// Of `m / denominator`. An error of `h` moves the root by at most its share of
    /// `h`: that is more than the root itself where decay and gradient cancel.
    pub(crate) ratio: Double,
    /// `m / (root denominator)`, the largest number on the way.
    widest: Double,
}

impl Magnitudes {
    pub(crate) fn of<E: Number>(
        formula: &reference::Adam,
        [w, g, m, v]: [Double; 4],
        next: Moments,
        t: u64,
    ) -> Self {
        let share = |beta: f64| 1.0 - Double::from(beta);
        let coupled = if formula.decoupled { 0.0 } else { formula.weight_decay };
        let h = (g * formula.grad_scale).abs() + coupled * w.abs();
        // Below the smallest normal number errors are no longer relative.
        let m = m.abs() + share(formula.beta1) * (h + m.abs());
        let m = m.max(Double::from(E::MIN_POSITIVE.to_f64()));
        let v = formula.beta2 * v + share(formula.beta2) * h * h;
        let root = (1.0 - reference::power(formula.beta2, t)).sqrt();
        let second = if formula.amsgrad { next.v_max } else { next.v };
        let denominator = second.sqrt() / root + formula.eps;
        let moved = share(formula.beta2).sqrt() * h / root / denominator;
        let moved = if moved.is_finite() { moved.max(Double::ONE) } else { Double::ONE };
        let ratio = m / denominator * moved;
        Self { h, m, v, denominator, ratio, widest: ratio / root }
    }

    /// Whether no intermediate result leaves the type; infinite ones came so.
    pub(crate) fn in_range<E: Number>(&self) -> bool {
        let below = E::LARGEST.to_f64() * 0.125;
        let terms = [self.h, self.h * self.h, self.m, self.v, self.widest];
        terms.into_iter().all(|x| !x.is_finite() || x.abs() < below)
    }
}

impl<E: Number> Referenced<E> for Adam {
    const NAME: &'static str = "adam";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let [w, g, m, v, v_max] = [row[0], row[1], row[2], row[3], row[4]].map(Double::from);
        let formula = self.formula;
        let (value, next) = formula.step(w, g, Moments { m, v, v_max }, self.t);
        let terms = Magnitudes::of::<E>(&formula, [w, g, m, v], next, self.t);
        if !terms.in_range::<E>() {
            return Vec::new();
        }
        let rate = formula.learning_rate / (1.0 - reference::power(formula.beta1, self.t));
        let decay = if formula.decoupled { formula.weight_decay } else { 0.0 };
        let kept = w.abs() * (1.0 + Double::from(formula.learning_rate) * decay);
        let mut expected = vec![
            Expected { output: "w", value, magnitude: kept + rate * terms.ratio },
            Expected { output: "m", value: next.m, magnitude: terms.m },
            Expected { output: "v", value: next.v, magnitude: terms.v },
        ];
        if formula.amsgrad {
            let magnitude = terms.v.max(v_max);
            expected.push(Expected { output: "v", value: next.v_max, magnitude });
        }
        expected
    }
}

pub(crate) const PLAIN: reference::Adam = reference::Adam {
    learning_rate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weight_decay: 0.0,
    decoupled: false,
    amsgrad: false,
    maximize: false,
    grad_scale: 1.0,
};

/// Combinations of all options, of either update.
pub(crate) fn options(decoupled: bool) -> [Adam; 6] {
    let plain = reference::Adam { decoupled, ..PLAIN };
    let decay = reference::Adam { weight_decay: 0.3, ..plain };
    [
        Adam { formula: plain, t: 1 },
        Adam { formula: reference::Adam { maximize: true, amsgrad: true, ..plain }, t: 2 },
        Adam { formula: reference::Adam { grad_scale: 1.0 / 3.0, ..decay }, t: 10 },
        Adam { formula: reference::Adam { amsgrad: true, grad_scale: -0.3, ..decay }, t: 1000 },
        Adam {
            formula: reference::Adam { beta1: 0.0, beta2: 0.5, maximize: true, ..decay },
            t: 1 << 40,
        },
        Adam {
            formula: reference::Adam {
                learning_rate: 3.0,
                beta1: 0.99,
                beta2: 0.9,
                eps: 0.1,
                ..decay
            },
            t: 3,
        },
    ]
}

fn all<E: Number>() -> [Adam; 6] {
    options(false)
}

elementwise::tests!(all, values);

/// Both updates with these options.
fn both(formula: reference::Adam, t: u64) -> [Adam; 2] {
    [false, true].map(|decoupled| Adam { formula: reference::Adam { decoupled, ..formula }, t })
}

#[test]
fn without_decay_both_are_the_same() {
    fn check<E: Number>() {
        law(&(prop::array::uniform5(E::any()), 1..u64::MAX), |(mut state, t)| {
            elementwise::Operation::<E>::admit(options(false)[0], &mut state);
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

/// To maximise is to step against the negated gradient, bit for bit.
#[test]
fn to_maximise_negates_the_gradient() {
    fn check<E: Number>() {
        law(&prop::array::uniform5(E::any()), |mut state| {
            elementwise::Operation::<E>::admit(options(false)[0], &mut state);
            let [w, g, m, v, v_max] = state;
            for level in Level::available() {
                for adam in both(reference::Adam { weight_decay: 0.1, ..PLAIN }, 3) {
                    let up =
                        Adam { formula: reference::Adam { maximize: true, ..adam.formula }, t: 3 };
                    let (up, down) =
                        (up.weight(level, state), adam.weight(level, [w, -g, m, v, v_max]));
                    prop_assert!(bits(up) == bits(down), "{state:?} on {level:?}");
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

/// Hundreds of steps down a quadratic against the same steps in full precision.
pub(crate) fn trajectories<E: Number>(decoupled: bool) {
    for Adam { formula, .. } in options(decoupled) {
        let formula = reference::Adam { learning_rate: 1e-3, ..formula };
        let decay = if decoupled { formula.weight_decay } else { 0.0 };
        trajectory::follow::<E, 3>(
            "adam",
            decay != 0.0,
            |steps| steps,
            &format!("{formula:?}"),
            |level, w, g, state, t| Adam { formula, t }.step(level, w, g, state),
            |w, g, [m, v, v_max], t| {
                let (w, next) = formula.step(w, g, Moments { m, v, v_max }, t);
                (w, [next.m, next.v, next.v_max])
            },
        );
    }
}

#[test]
fn trajectories_keep_close_to_full_precision() {
    trajectories::<f32>(false);
    trajectories::<f64>(false);
}
