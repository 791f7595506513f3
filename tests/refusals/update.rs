//! Updates.

use super::{BAD, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::update::{
    Adagrad, Adam, AdamW, Ftrl, Lion, Nadam, ProxAdamW, ProxMomentum, ProxSgd, RmsProp, Sgd,
    SgdMomentum, Tensor,
};
use gradstep::{Error, Execution};
use gradstep_check::catalogue::{self, UpdateEntry};

const N: usize = 9;

/// Every slice of every update, by its name.
fn lengths<E: Number>() {
    fn of<E: Number, U: UpdateEntry<E, S>, const S: usize>() {
        let entry = U::usual();
        let update = entry.update(Execution::new()).expect("options");
        for n in wrong(N) {
            for slice in 0..=S {
                let g = vec![E::HALF; if slice == 0 { n } else { N }];
                let mut lengths = [N; S];
                if slice > 0 {
                    lengths[slice - 1] = n;
                }
                let name = if slice == 0 { "g" } else { U::STATE[slice - 1] };
                let expected = length(name, N, n);
                let mut state = super::buffers::<E, S>(lengths);
                let before = super::raw(&state);
                let slices = state.each_mut().map(Vec::as_mut_slice);
                refuses([N], &expected, |[w]: &mut [Vec<E>; 1]| {
                    entry.step(&update, Tensor { w, g: &g, state: slices })
                });
                assert!(super::raw(&state) == before, "state was written before {expected:?}");
            }
        }
    }
    macro_rules! listed {
        ($($stem:ident $update:ident [$n:literal])*) => {
            $(of::<E, catalogue::$update, $n>();)*
        };
    }
    gradstep_check::updates!(listed);
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
    let adagrad = Adagrad::new(0.1).expect("learning rate");
    let nadam = Nadam::new(0.1).expect("learning rate");
    refuses([N; 2], &expected, |[w, sum]| adagrad.step(w, &g, sum, 0));
    refuses([N; 3], &expected, |[w, m, v]| nadam.step(w, &g, m, v, 0));
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

in_both_types! {
    lengths step_0 step_0_of_adam another_number_of_slices
}

/// The state of RMSprop is what its options ask for.
fn another_number_of_slices<E: Number>() {
    let reason = "it is `v`, then `mean` if centred, then `buffer` if there is momentum";
    let expected = Error::Conflict { option: "state", reason };
    let plain = RmsProp::new(0.1).expect("learning rate");
    let (mean, buffer) = (plain.centered(), plain.momentum(0.5).expect("momentum"));
    let g = [E::HALF; N];
    for update in [mean, buffer, buffer.centered()] {
        refuses([N; 2], &expected, |[w, v]| update.step(w, &g, [v]));
    }
    for update in [plain, buffer.centered()] {
        refuses([N; 3], &expected, |[w, v, x]| update.step(w, &g, [v, x]));
    }
    for update in [plain, mean, buffer] {
        refuses([N; 4], &expected, |[w, v, m, b]| update.step(w, &g, [v, m, b]));
    }
}

#[test]
fn parameters_of_rates_for_each_coordinate() {
    let adagrad = Adagrad::new(0.1).expect("learning rate");
    let rms_prop = RmsProp::new(0.1).expect("learning rate");
    let nadam = Nadam::new(0.1).expect("learning rate");
    let ftrl = Ftrl::new(0.1).expect("learning rate");
    for bad in BAD {
        let strength = |name| parameter(name, "finite and >= 0", bad);
        is(Adagrad::new(bad), &strength("learning_rate"));
        is(RmsProp::new(bad), &strength("learning_rate"));
        is(Nadam::new(bad), &strength("learning_rate"));
        is(adagrad.learning_rate_decay(bad), &strength("learning_rate_decay"));
        is(adagrad.eps(bad), &strength("eps"));
        is(adagrad.weight_decay(bad), &strength("weight_decay"));
        is(rms_prop.momentum(bad), &strength("momentum"));
        is(rms_prop.eps(bad), &strength("eps"));
        is(nadam.momentum_decay(bad), &strength("momentum_decay"));
        is(nadam.weight_decay(bad), &strength("weight_decay"));
        is(ftrl.beta(bad), &strength("beta"));
        is(ftrl.l1(bad), &strength("l1"));
        is(ftrl.l2(bad), &strength("l2"));
    }
    // Something is divided by this one.
    for bad in BAD.into_iter().chain([0.0]) {
        let positive = parameter("learning_rate", "finite and > 0", bad);
        is(Ftrl::new(bad), &positive);
        is(ftrl.learning_rate(bad), &positive);
    }
    for bad in [-1.0, -f64::MIN_POSITIVE, 1.0, 1.5, f64::NAN, f64::INFINITY] {
        is(rms_prop.alpha(bad), &parameter("alpha", ">= 0 and < 1", bad));
        is(nadam.betas(bad, 0.5), &parameter("beta1", ">= 0 and < 1", bad));
        is(nadam.betas(0.5, bad), &parameter("beta2", ">= 0 and < 1", bad));
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let scale = parameter("grad_scale", "finite", bad);
        is(adagrad.grad_scale(bad), &scale);
        is(rms_prop.grad_scale(bad), &scale);
        is(nadam.grad_scale(bad), &scale);
        is(ftrl.grad_scale(bad), &scale);
    }
}

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
