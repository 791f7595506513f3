//! Proximal gradient descent with momentum.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, around, bits};
use crate::reference::{Double, update as reference};
use crate::trajectory;
use gradstep::update;
use gradstep::{Execution, Level};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
struct ProxMomentum(reference::ProxMomentum);

const PROX: reference::ProxSgd =
    reference::ProxSgd { learning_rate: 0.1, l1: 0.0, l2: 0.0, grad_scale: 1.0 };

const fn with(prox: reference::ProxSgd, momentum: f64) -> ProxMomentum {
    ProxMomentum(reference::ProxMomentum { prox, momentum })
}

impl ProxMomentum {
    fn on(self, level: Level) -> update::ProxMomentum {
        let reference::ProxMomentum { prox, momentum } = self.0;
        let step = update::ProxMomentum::new(prox.learning_rate, momentum).expect("rates");
        let step = step.l1(prox.l1).expect("a penalty").l2(prox.l2).expect("a penalty");
        let step = step.grad_scale(prox.grad_scale).expect("a scale");
        step.execution(Execution::new().level(level))
    }

    /// Weight and point ahead after one step.
    fn step<E: Number>(self, level: Level, w: E, g: E, y: E) -> (E, E) {
        let (mut w, mut y) = ([w], [y]);
        self.on(level).step(&mut w, &[g], &mut y).expect("not refused");
        (w[0], y[0])
    }
}

/// The point ahead comes first: it tells of every input.
impl<E: Number> Operation<E> for ProxMomentum {
    const COLUMNS: &'static [&'static str] = &["w", "g", "y"];

    fn methods(self) -> Vec<Method<E>> {
        vec![Method::new("step", &[0, 1, 2], 2, move |level, x, out| {
            let [y, w] = out else { panic!("two outputs") };
            w.copy_from_slice(x[0]);
            y.copy_from_slice(x[2]);
            self.on(level).step(w, x[1], y).expect("not refused");
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect()
    }
}

impl<E: Number> Referenced<E> for ProxMomentum {
    const NAME: &'static str = "prox_momentum";

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let [w, g, y] = [row[0], row[1], row[2]].map(Double::from);
        let reference::ProxMomentum { prox, momentum } = self.0;
        let (next, ahead) = self.0.step(w, g, y);
        let eta = Double::from(prox.learning_rate);
        let terms = y.abs() + eta * (g * prox.grad_scale).abs() + eta * prox.l1;
        let terms = terms / (1.0 + eta * prox.l2);
        let magnitude = terms + momentum * (terms + w.abs());
        vec![
            Expected { output: "y", value: ahead, magnitude },
            Expected { output: "w", value: next, magnitude: terms },
        ]
    }
}

fn all<E: Number>() -> [ProxMomentum; 5] {
    [
        with(PROX, 0.9),
        with(reference::ProxSgd { l1: 0.5, ..PROX }, 0.3),
        with(reference::ProxSgd { l2: 0.3, ..PROX }, 1.0),
        with(reference::ProxSgd { learning_rate: 1.0, l1: 0.7, l2: 3.0, grad_scale: -0.3 }, 0.99),
        with(
            reference::ProxSgd { learning_rate: 1e-3, l1: 1e-4, l2: 1e-5, grad_scale: 1.0 / 3.0 },
            0.5,
        ),
    ]
}

elementwise::tests!(all, values);

/// Without momentum the weight is that of a proximal step from `y`, and `y` is the
/// weight.
#[test]
fn without_momentum_it_is_prox_sgd() {
    fn check<E: Number>() {
        law(&(prop::array::uniform3(E::any()), 0f64..2.0, 0f64..2.0), |([w, g, y], l1, l2)| {
            let prox = reference::ProxSgd { l1, l2, ..PROX };
            for level in Level::available() {
                let mut plain = [y];
                let sgd = update::ProxSgd::new(prox.learning_rate)
                    .and_then(|sgd| sgd.l1(l1)?.l2(l2))
                    .expect("penalties");
                let sgd = sgd.execution(Execution::new().level(level));
                sgd.step(&mut plain, &[g]).expect("not refused");
                let (next, ahead) = with(prox, 0.0).step(level, w, g, y);
                let what = || format!("{w:?} {g:?} {y:?} on {level:?}");
                prop_assert!(bits(next) == bits(plain[0]), "{}", what());
                prop_assert!(ahead == next || !w.finite() || !next.finite(), "{}", what());
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Where the point ahead is 0 the weight is exactly +0 wherever `|g| <= l1`.
#[test]
fn zeros_stay_where_the_gradient_is_at_most_l1() {
    fn check<E: Number>() {
        let ordinary = (1e-6f64..10.0, 1e-6f64..10.0, 0f64..10.0, 0f64..1.0);
        law(&ordinary, |(learning_rate, l1, l2, momentum)| {
            let prox = reference::ProxSgd { learning_rate, l1, l2, ..PROX };
            let bound = E::from_f64(l1);
            for g in around(bound, 3).filter(|g| *g <= bound) {
                for (g, y) in [(g, E::ZERO), (-g, E::ZERO), (g, -E::ZERO)] {
                    for level in Level::available() {
                        let (w, ahead) = with(prox, momentum).step(level, E::ZERO, g, y);
                        let zero = E::ZERO.bits();
                        let what = || format!("{prox:?} {g:?} on {level:?}: {w:?} {ahead:?}");
                        prop_assert!(w.bits() == zero && ahead.bits() == zero, "{}", what());
                    }
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// NaN in the weight was only the start of the last move.
#[test]
fn nan_in_the_old_weight_spoils_the_point_ahead_alone() {
    for level in Level::available() {
        let (w, y) = with(PROX, 0.5).step(level, f64::NAN, 1.0, 2.0);
        assert!(w == 2.0 - 0.1 && y.is_nan(), "{level:?}: {w} {y}");
    }
}

/// A badly scaled quadratic with a penalty, down which momentum makes speed.
struct Quadratic {
    curvature: Vec<f64>,
    target: Vec<f64>,
    l1: f64,
}

impl Quadratic {
    fn new() -> Self {
        let mut random = Random::new(5);
        let curvature = (0..64).map(|i| 1e-3 + f64::from(i) / 63.0 * 0.999).collect();
        // Every fourth so near 0 that the penalty wins.
        let size = |i: i32| if i % 4 == 0 { 2e-6 } else { 0.2 };
        let target = (0..64).map(|i| random.within(-size(i), size(i))).collect();
        Self { curvature, target, l1: 2e-5 }
    }

    /// The soft-thresholded minimum of one weight.
    fn minimum(&self, i: usize) -> f64 {
        let t = self.target[i];
        t.signum() * (t.abs() - self.l1 / self.curvature[i]).max(0.0)
    }

    /// The largest error after so many steps, and whether the zeros are those of the
    /// minimum.
    fn run(&self, level: Level, steps: i32, momentum: impl Fn(i32) -> f64) -> (f64, bool) {
        let (mut w, mut y) = (vec![0.1; 64], vec![0.1; 64]);
        for k in 0..steps {
            let point = y.iter().zip(&self.target).zip(&self.curvature);
            let g: Vec<f64> = point.map(|((y, t), c)| c * (y - t)).collect();
            let prox = reference::ProxSgd { learning_rate: 1.0, l1: self.l1, ..PROX };
            with(prox, momentum(k)).on(level).step(&mut w, &g, &mut y).expect("not refused");
        }
        let errors = w.iter().enumerate().map(|(i, w)| (w - self.minimum(i)).abs());
        let mut zeros = w.iter().enumerate().map(|(i, w)| (*w == 0.0, self.minimum(i) == 0.0));
        (errors.fold(0.0, f64::max), zeros.all(|(is, should)| is == should))
    }
}

/// With the momenta of FISTA it is far nearer after the same number of steps; with the
/// constant that fits the curvature it ends at the minimum and its exact zeros.
#[test]
fn momentum_finds_the_minimum_sooner() {
    let quadratic = Quadratic::new();
    assert!((0..64).any(|i| quadratic.minimum(i) == 0.0));
    // s of step k, by the recursion of FISTA.
    let s = |k| (0..k).fold(1f64, |s, _| (1.0 + (1.0 + 4.0 * s * s).sqrt()) / 2.0);
    for level in Level::available() {
        let ista = quadratic.run(level, 600, |_| 0.0);
        let fista = quadratic.run(level, 600, |k| (s(k) - 1.0) / s(k + 1));
        assert!(fista.0 < ista.0 / 5.0, "{level:?}: {fista:?} {ista:?}");
        let root = 1e-3f64.sqrt();
        let (error, zeros) = quadratic.run(level, 4000, |_| (1.0 - root) / (1.0 + root));
        assert!(error < 1e-12 && zeros, "{level:?}: {error}");
    }
}

#[test]
fn trajectories_keep_close_to_full_precision() {
    fn check<E: Number>() {
        for ProxMomentum(formula) in all::<E>() {
            let prox = reference::ProxSgd { learning_rate: 1e-3, ..formula.prox };
            let formula = reference::ProxMomentum { prox, momentum: formula.momentum.min(0.5) };
            trajectory::follow::<E, 1>(
                "prox_momentum",
                true,
                |steps| steps,
                &format!("{formula:?}"),
                |level, w, g, [y], _| {
                    ProxMomentum(formula).on(level).step(w, g, y).expect("not refused");
                },
                |w, g, [y], _| {
                    let (w, y) = formula.step(w, g, y);
                    (w, [y])
                },
            );
        }
    }
    check::<f32>();
    check::<f64>();
}
