//! What holds for proximal descent with momentum alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::{Number, Random, around, bits};
use crate::update::Stepper;
use gradstep::update::{ProxSgd, Tensor};
use gradstep::{Execution, Level};
use gradstep_check::catalogue::ProxMomentum;
use gradstep_check::reference::update as reference;
use proptest::prelude::*;

const PROX: reference::ProxSgd =
    reference::ProxSgd { learning_rate: 0.1, l1: 0.0, l2: 0.0, grad_scale: 1.0 };

/// One step on these slices.
fn step<E: Number>(
    (prox, momentum): (reference::ProxSgd, f64),
    level: Level,
    [w, y]: [&mut [E]; 2],
    g: &[E],
) {
    let entry = ProxMomentum { formula: reference::ProxMomentum { prox, momentum } };
    let update = Stepper::<E, 1>::update(entry, Execution::new().level(level)).expect("options");
    entry.step(&update, Tensor { w, g, state: [y] }).expect("not refused");
}

/// Weight and point ahead after one step.
fn after<E: Number>(options: (reference::ProxSgd, f64), level: Level, w: E, g: E, y: E) -> (E, E) {
    let (mut w, mut y) = ([w], [y]);
    step(options, level, [&mut w, &mut y], &[g]);
    (w[0], y[0])
}

/// Without momentum the weight is that of a proximal step from `y`, and `y` is the
/// weight.
#[test]
fn without_momentum_it_is_prox_sgd() {
    fn check<E: Number>() {
        law(&(prop::array::uniform3(E::any()), 0f64..2.0, 0f64..2.0), |([w, g, y], l1, l2)| {
            let prox = reference::ProxSgd { l1, l2, ..PROX };
            for level in Level::available() {
                let mut plain = [y];
                let sgd = ProxSgd::new(prox.learning_rate)
                    .and_then(|sgd| sgd.l1(l1)?.l2(l2))
                    .expect("penalties");
                let sgd = sgd.execution(Execution::new().level(level));
                sgd.step(&mut plain, &[g]).expect("not refused");
                let (next, ahead) = after((prox, 0.0), level, w, g, y);
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
                        let (w, ahead) = after((prox, momentum), level, E::ZERO, g, y);
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
        let (w, y) = after((PROX, 0.5), level, f64::NAN, 1.0, 2.0);
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
            step((prox, momentum(k)), level, [&mut w, &mut y], &g);
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
