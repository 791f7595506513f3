//! Updates.

use super::{BAD, in_both_types, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Error;
use gradstep::update::{ProxSgd, Sgd, SgdMomentum};

const N: usize = 9;

fn lengths<E: Number>() {
    let sgd = Sgd::new(0.1).expect("learning rate");
    let momentum = SgdMomentum::new(0.1, 0.9).expect("learning rate");
    let prox = ProxSgd::new(0.1).expect("learning rate");
    let g = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        refuses([N], &length("g", N, n), |[w]| sgd.step(w, &other));
        refuses([n], &length("g", n, N), |[w]| sgd.step(w, &g));
        refuses([N], &length("g", N, n), |[w]| prox.step(w, &other));
        refuses([n], &length("g", n, N), |[w]| prox.step(w, &g));
        for t in [1, 2] {
            refuses([N, N], &length("g", N, n), |[w, b]| momentum.step(w, &other, b, t));
            refuses([N, n], &length("buffer", N, n), |[w, b]| momentum.step(w, &g, b, t));
            refuses([n, N], &length("g", n, N), |[w, b]| momentum.step(w, &g, b, t));
        }
    }
}

fn step_0<E: Number>() {
    let sgd = SgdMomentum::new(0.1, 0.9).expect("learning rate");
    let expected = parameter("t", "at least 1", 0.0);
    refuses([N, N], &expected, |[w, b]| sgd.step(w, &[E::HALF; N], b, 0));
    refuses([0, 0], &expected, |[w, b]: &mut [Vec<E>; 2]| sgd.step(w, &[], b, 0));
    let mut buffers = super::buffers::<E, 2>([N, N]);
    let [w, b] = &mut buffers;
    assert_eq!(sgd.step(w, &[E::HALF; N], b, u64::MAX), Ok(()));
}

in_both_types! { lengths step_0 }

#[test]
fn parameters() {
    let sgd = Sgd::new(0.1).expect("learning rate");
    let momentum = SgdMomentum::new(0.1, 0.9).expect("learning rate");
    let prox = ProxSgd::new(0.1).expect("learning rate");
    for bad in BAD {
        let strength = |name| parameter(name, "finite and >= 0", bad);
        is(Sgd::new(bad), &strength("learning_rate"));
        is(SgdMomentum::new(bad, 0.9), &strength("learning_rate"));
        is(SgdMomentum::new(0.1, bad), &strength("momentum"));
        is(ProxSgd::new(bad), &strength("learning_rate"));
        is(sgd.weight_decay(bad), &strength("weight_decay"));
        is(momentum.weight_decay(bad), &strength("weight_decay"));
        is(prox.l1(bad), &strength("l1"));
        is(prox.l2(bad), &strength("l2"));
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let scale = parameter("grad_scale", "finite", bad);
        is(sgd.grad_scale(bad), &scale);
        is(momentum.grad_scale(bad), &scale);
        is(prox.grad_scale(bad), &scale);
        is(momentum.dampening(bad), &parameter("dampening", "finite", bad));
    }
    for fine in [0.0, -0.0, 1e-300, 1e300] {
        assert!(Sgd::new(fine).is_ok() && SgdMomentum::new(fine, fine).is_ok());
        assert!(ProxSgd::new(fine).is_ok() && prox.l1(fine).is_ok() && prox.l2(fine).is_ok());
        assert!(sgd.weight_decay(fine).is_ok() && momentum.weight_decay(fine).is_ok());
        assert!(sgd.grad_scale(-fine).is_ok() && momentum.dampening(-fine).is_ok());
    }
}

#[test]
fn nesterov_needs_momentum_and_no_dampening() {
    let conflict = |option| Error::Conflict {
        option,
        reason: "Nesterov's form needs momentum and no dampening",
    };
    let none = SgdMomentum::new(0.1, 0.0).expect("no momentum");
    is(none.nesterov(), &conflict("nesterov"));
    let momentum = SgdMomentum::new(0.1, 0.9).expect("momentum");
    for dampening in [0.5, -0.5, 1.0] {
        let damped = momentum.dampening(dampening).expect("dampening");
        is(damped.nesterov(), &conflict("nesterov"));
        let ahead = momentum.nesterov().expect("momentum");
        is(ahead.dampening(dampening), &conflict("dampening"));
    }
    let ahead = momentum.nesterov().and_then(|sgd| sgd.dampening(0.0));
    assert!(ahead.and_then(SgdMomentum::nesterov).is_ok());
}
