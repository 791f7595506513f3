//! Updates.

use super::{BAD, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Error;
use gradstep::update::{Adam, AdamW, Lion, ProxAdamW, ProxMomentum, ProxSgd, Sgd, SgdMomentum};

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

/// Every slice of the updates with state, by its name.
fn lengths_of_state<E: Number>() {
    let adam = Adam::new(0.1).expect("learning rate");
    let adam_w = AdamW::new(0.1).expect("learning rate");
    let prox = ProxAdamW::new(0.1).expect("learning rate");
    let lion = Lion::new(0.1).expect("learning rate");
    let fista = ProxMomentum::new(0.1, 0.9).expect("learning rate");
    let g = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        refuses([N; 2], &length("g", N, n), |[w, m]| lion.step(w, &other, m));
        refuses([N; 2], &length("g", N, n), |[w, y]| fista.step(w, &other, y));
        refuses([N, n], &length("m", N, n), |[w, m]| lion.step(w, &g, m));
        refuses([N, n], &length("y", N, n), |[w, y]| fista.step(w, &g, y));
        refuses([N; 3], &length("g", N, n), |[w, m, v]| adam.step(w, &other, m, v, 1));
        refuses([N; 3], &length("g", N, n), |[w, m, v]| adam_w.step(w, &other, m, v, 1));
        refuses([N; 3], &length("g", N, n), |[w, m, v]| prox.step(w, &other, m, v, 1));
        for (lengths, name) in [([N, n, N], "m"), ([N, N, n], "v")] {
            let expected = length(name, N, n);
            refuses(lengths, &expected, |[w, m, v]| adam.step(w, &g, m, v, 1));
            refuses(lengths, &expected, |[w, m, v]| adam_w.step(w, &g, m, v, 1));
            refuses(lengths, &expected, |[w, m, v]| prox.step(w, &g, m, v, 1));
        }
        for (lengths, name) in [([N, n, N, N], "m"), ([N, N, n, N], "v"), ([N, N, N, n], "v_max")] {
            let expected = length(name, N, n);
            refuses(lengths, &expected, |[w, m, v, x]| adam.step_amsgrad(w, &g, m, v, x, 1));
            refuses(lengths, &expected, |[w, m, v, x]| adam_w.step_amsgrad(w, &g, m, v, x, 1));
        }
    }
}

fn step_0_of_adam<E: Number>() {
    let adam = Adam::new(0.1).expect("learning rate");
    let adam_w = AdamW::new(0.1).expect("learning rate");
    let prox = ProxAdamW::new(0.1).expect("learning rate");
    let (g, expected) = ([E::HALF; N], parameter("t", "at least 1", 0.0));
    refuses([N; 3], &expected, |[w, m, v]| adam.step(w, &g, m, v, 0));
    refuses([N; 3], &expected, |[w, m, v]| adam_w.step(w, &g, m, v, 0));
    refuses([N; 3], &expected, |[w, m, v]| prox.step(w, &g, m, v, 0));
    refuses([N; 4], &expected, |[w, m, v, x]| adam.step_amsgrad(w, &g, m, v, x, 0));
    refuses([N; 4], &expected, |[w, m, v, x]| adam_w.step_amsgrad(w, &g, m, v, x, 0));
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

in_both_types! { lengths step_0 lengths_of_state step_0_of_adam }

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

/// Options of the updates with averages, each by its name.
#[test]
fn parameters_of_averages() {
    let fista = ProxMomentum::new(0.1, 0.9).expect("learning rate");
    for bad in BAD {
        let strength = |name| parameter(name, "finite and >= 0", bad);
        is(ProxMomentum::new(bad, 0.9), &strength("learning_rate"));
        is(ProxMomentum::new(0.1, bad), &strength("momentum"));
        is(fista.l1(bad), &strength("l1"));
        is(fista.l2(bad), &strength("l2"));
        is(ProxAdamW::new(0.1).and_then(|adam| adam.l1(bad)), &strength("l1"));
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        is(fista.grad_scale(bad), &parameter("grad_scale", "finite", bad));
    }
    macro_rules! averages {
        ($($update:ident),*) => {$(
            let update = $update::new(0.1).expect("learning rate");
            for bad in BAD {
                let strength = |name| parameter(name, "finite and >= 0", bad);
                is($update::new(bad), &strength("learning_rate"));
                is(update.weight_decay(bad), &strength("weight_decay"));
            }
            for bad in [-1.0, -f64::MIN_POSITIVE, 1.0, 1.5, f64::NAN, f64::INFINITY] {
                is(update.betas(bad, 0.5), &parameter("beta1", ">= 0 and < 1", bad));
                is(update.betas(0.5, bad), &parameter("beta2", ">= 0 and < 1", bad));
            }
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                is(update.grad_scale(bad), &parameter("grad_scale", "finite", bad));
            }
            for fine in [0.0, -0.0, 1e-300, 1.0 - f64::EPSILON / 2.0] {
                assert!(update.betas(fine, fine).is_ok() && update.weight_decay(fine).is_ok());
            }
        )*};
    }
    averages!(Adam, AdamW, Lion, ProxAdamW);
    macro_rules! eps {
        ($($update:ident),*) => {$(
            let update = $update::new(0.1).expect("learning rate");
            for bad in BAD {
                is(update.eps(bad), &parameter("eps", "finite and >= 0", bad));
            }
            assert!(update.eps(0.0).is_ok());
        )*};
    }
    eps!(Adam, AdamW, ProxAdamW);
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
