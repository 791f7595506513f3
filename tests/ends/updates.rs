//! Updates: hyper-parameters that are numbers of `f64`, but not of the element type.

use gradstep::update::{
    Adagrad, Adam, AdamW, Ftrl, Lion, Nadam, ProxAdamW, ProxMomentum, ProxSgd, RmsProp, Sgd,
    SgdMomentum, Tensor,
};
use gradstep::{Element, Error};
use std::fmt::Debug;

const FINITE: &str = "finite in the element type";

/// The step is refused for this parameter, whose value the message has, and has written
/// nothing; in `f64` it is not.
macro_rules! refused {
    ($($update:expr, $states:literal $(, $t:literal)? => $parameter:literal, $found:expr;)*) => {$({
        let update = $update.expect("a number");
        let mut w = [0.5f32; 9];
        let mut state = [[0.25f32; 9]; $states];
        let tensor = Tensor { w: &mut w, g: &[0.0; 9], state: state.each_mut().map(|s| &mut s[..]) };
        let result = update.step_many(&mut [tensor] $(, $t)?);
        let expected: Error = Error::Parameter { parameter: $parameter, expected: FINITE, found: $found };
        assert_eq!(result, Err(expected), "{update:?}");
        assert_eq!((w, state), ([0.5; 9], [[0.25; 9]; $states]), "{update:?} wrote");
        steps::<f64, _, $states>(&update, |update, tensor| update.step_many(&mut [tensor] $(, $t)?));
    })*};
}

/// A step in this type gives numbers.
fn steps<E: Element, U: Debug, const N: usize>(
    update: &U,
    step: impl FnOnce(&U, Tensor<'_, E, N>) -> Result<(), Error>,
) {
    let mut w = [E::HALF; 9];
    let mut state = [[E::ONE; 9]; N];
    let tensor =
        Tensor { w: &mut w, g: &[E::ZERO; 9], state: state.each_mut().map(|s| &mut s[..]) };
    step(update, tensor).expect("a number of the type");
    assert!(w.iter().all(|w| !w.is_nan()), "{update:?}: {w:?}");
}

#[test]
fn what_a_type_cannot_hold_is_refused() {
    refused! {
        Sgd::new(1e39), 0 => "learning_rate grad_scale", 1e39;
        Sgd::new(1e20).and_then(|u| u.grad_scale(-1e20)), 0 => "learning_rate grad_scale", 1e20 * -1e20;
        Sgd::new(1e20).and_then(|u| u.weight_decay(1e20)), 0
            => "1 - learning_rate weight_decay", 1.0 - 1e20 * 1e20;
        SgdMomentum::new(1e39, 0.9), 1, 1 => "learning_rate", 1e39;
        SgdMomentum::new(0.1, 1e39), 1, 2 => "momentum", 1e39;
        SgdMomentum::new(0.1, 0.9).and_then(|u| u.grad_scale(1e39)), 1, 2 => "grad_scale", 1e39;
        SgdMomentum::new(0.1, 0.9).and_then(|u| u.weight_decay(1e39)), 1, 2 => "weight_decay", 1e39;
        SgdMomentum::new(0.1, 0.9).and_then(|u| u.dampening(-1e39)), 1, 2 => "1 - dampening", 1e39;
        ProxSgd::new(1e39), 0 => "learning_rate", 1e39;
        ProxSgd::new(0.0).and_then(|u| u.l1(1e39)), 0 => "l1", 1e39;
        ProxSgd::new(0.1).and_then(|u| u.l1(1e39)), 0 => "l1", 1e39;
        ProxSgd::new(0.1).and_then(|u| u.l2(1e60)), 0 => "1 + learning_rate l2", 1.0 + 0.1 * 1e60;
        ProxSgd::new(0.1).and_then(|u| u.grad_scale(-1e39)), 0 => "grad_scale", -1e39;
        ProxMomentum::new(1e39, 0.5), 1 => "learning_rate", 1e39;
        ProxMomentum::new(0.1, 1e39), 1 => "momentum", 1e39;
        Lion::new(1e39), 1 => "learning_rate", 1e39;
        Lion::new(0.1).and_then(|u| u.grad_scale(1e39)), 1 => "grad_scale", 1e39;
        Adam::new(0.1).and_then(|u| u.weight_decay(1e39)), 2, 7 => "weight_decay", 1e39;
        AdamW::new(0.1).and_then(|u| u.grad_scale(1e39)), 2, 7 => "grad_scale", 1e39;
        ProxAdamW::new(0.1).and_then(|u| u.l1(1e39)), 2, 7 => "l1", 1e39;
        Adagrad::new(1e39), 1, 1 => "learning_rate", 1e39;
        Adagrad::new(0.1).and_then(|u| u.weight_decay(1e39)), 1, 1 => "weight_decay", 1e39;
        Adagrad::new(0.1).and_then(|u| u.grad_scale(1e39)), 1, 1 => "grad_scale", 1e39;
        RmsProp::new(1e39), 1 => "learning_rate", 1e39;
        RmsProp::new(0.1).and_then(|u| u.momentum(1e39)), 2 => "momentum", 1e39;
        RmsProp::new(0.1).and_then(|u| u.eps(1e39)), 1 => "eps", 1e39;
        Nadam::new(0.1).and_then(|u| u.weight_decay(1e39)), 2, 7 => "weight_decay", 1e39;
        Nadam::new(0.1).and_then(|u| u.grad_scale(1e39)), 2, 7 => "grad_scale", 1e39;
        Ftrl::new(1e-40), 2 => "1 / learning_rate", 1.0 / 1e-40;
        Ftrl::new(0.1).and_then(|u| u.beta(1e39)), 2 => "beta", 1e39;
        Ftrl::new(0.1).and_then(|u| u.l1(1e39)), 2 => "l1", 1e39;
        Ftrl::new(0.1).and_then(|u| u.l2(1e39)), 2 => "l2", 1e39;
    }
    // Constants that depend on the step.
    for (name, result) in [
        (
            "learning_rate",
            Adam::new(1e39).expect("rate").step(
                &mut [0.5f32],
                &[0.0],
                &mut [0.0],
                &mut [0.0],
                u64::MAX,
            ),
        ),
        (
            "eps",
            Adam::new(0.1).and_then(|u| u.eps(1e39)).expect("eps").step(
                &mut [0.5f32],
                &[0.0],
                &mut [0.0],
                &mut [0.0],
                u64::MAX,
            ),
        ),
        (
            "learning_rate",
            ProxAdamW::new(1e39).expect("rate").step(
                &mut [0.5f32],
                &[0.0],
                &mut [0.0],
                &mut [0.0],
                u64::MAX,
            ),
        ),
    ] {
        let named = matches!(&result, Err(Error::Parameter { parameter, expected: FINITE, .. }) if parameter.contains(name));
        assert!(named, "{name}: {result:?}");
    }
    // The product is a number of the type.
    let mut w = [0.5f32, 0.0];
    let sgd = Sgd::new(1e39).and_then(|u| u.grad_scale(1e-39)).expect("numbers");
    assert_eq!(sgd.step(&mut w, &[0.25, 0.0]), Ok(()));
    assert_eq!(w, [0.25, 0.0]);
    // A threshold beyond the type leaves nothing.
    let mut w = [0.5f32, 3e38];
    let prox = ProxSgd::new(1e20).and_then(|u| u.l1(1e20)).expect("numbers");
    assert_eq!(prox.step(&mut w, &[0.0; 2]), Ok(()));
    assert_eq!(w, [0.0, 0.0]);
}

/// An `eps` that is above 0 does not become 0, and its quotient is a number.
#[test]
fn an_eps_that_vanishes_is_refused() {
    for t in [1, 1000] {
        let step = |eps: f64| {
            let (mut w, mut m, mut v) = ([0.5f32, 0.5], [0.0; 2], [0.0; 2]);
            let adam =
                ProxAdamW::new(0.5).and_then(|u| u.weight_decay(0.0)?.eps(eps)).expect("eps");
            adam.step(&mut w, &[0.0, 1.0], &mut m, &mut v, t).map(|()| w)
        };
        for eps in [1e-40, 1e-60] {
            assert!(
                matches!(step(eps), Err(Error::Parameter { parameter: "eps", found, .. }) if found == eps)
            );
        }
        assert!(step(1e-30).is_ok_and(|w| w[0] == 0.5 && w[1] < 0.5));
        let step = |eps: f64| {
            let (mut w, mut m, mut v) = ([0.5f32, 0.5], [0.0; 2], [0.0; 2]);
            let adam = AdamW::new(0.5).and_then(|u| u.weight_decay(0.0)?.eps(eps)).expect("eps");
            adam.step(&mut w, &[0.0, 1.0], &mut m, &mut v, t).map(|()| w)
        };
        assert!(matches!(
            step(1e-60),
            Err(Error::Parameter { parameter: "eps", found: 1e-60, .. })
        ));
        assert!(step(1e-40).is_ok_and(|w| w[0] == 0.5 && w[1] < 0.5));
    }
}
