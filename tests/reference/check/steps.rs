//! Proximal operators and optimiser steps, by cases worked out by hand.

use super::{Double, Random, assert_close, tiny};
use crate::reference::prox;
use crate::reference::update::{Adam, Lion, Moments, ProxAdamW, ProxMomentum, ProxSgd, Sgd, power};

const INF: f64 = f64::INFINITY;

#[test]
fn soft_threshold_by_cases() {
    let soft = prox::soft_threshold;
    let positive_zero = |x: Double| x.is_zero() && !x.is_negative();
    for (x, lambda) in [(0.5, 0.5), (-0.5, 0.5), (-0.0, 0.0), (-0.25, 0.5), (INF, INF), (-INF, INF)]
    {
        assert!(positive_zero(soft(x, lambda)), "{x} {lambda}");
    }
    assert!(soft(2.0, 0.5) == 1.5 && soft(-2.0, 0.5) == -1.5 && soft(-INF, 1.0) == -INF);
    assert!(soft(f64::NAN, 1.0).is_nan() && soft(3.0, 0.0) == 3.0);
    // Exact where f64 rounds.
    assert!(soft(1.0, 1e-30) < 1.0);
    assert_eq!(prox::soft_threshold_backward(2.0, 1.0, 3.0), 3.0);
    assert_eq!(prox::soft_threshold_backward(-1.0, 1.0, 3.0), 0.0);
    assert!(prox::soft_threshold_backward(f64::NAN, 1.0, 3.0).is_nan());
}

#[test]
fn the_other_operators_by_cases() {
    assert!(prox::elastic_net(3.0, 1.0, 1.0) == 1.0);
    assert!(prox::ridge(3.0, 1.0) == 1.5);
    assert!(prox::nonneg_soft_threshold(-3.0, 1.0).is_zero());
    assert!(prox::nonneg_soft_threshold(3.0, 1.0) == 2.0);
    assert!(prox::clamp(3.0, -1.0, 1.0) == 1.0 && prox::clamp(f64::NAN, 0.0, 1.0).is_nan());
    assert!(prox::hard_threshold(-3.0, 1.0) == -3.0 && prox::hard_threshold(1.0, 1.0).is_zero());
    let group = prox::group_soft_threshold(&[3e200, 4e200], 1e200);
    assert_close(group[0], Double::from(3e200) * 4.0 / 5.0, 50, "scaled norm");
    assert!(prox::group_soft_threshold(&[0.0, -0.0], 0.0).iter().all(|x| x.is_zero()));
    assert!(prox::group_soft_threshold(&[1.0, f64::NAN], 0.0)[0].is_nan());
    assert!(prox::group_soft_threshold(&[1.0, INF], 5.0)[0] == 1.0);
}

/// Central differences of double-double values.
#[test]
fn derivatives_of_groups_and_penalties_are_slopes() {
    let mut random = Random(10);
    let step = 2f64.powi(-20);
    for n in [1, 2, 5] {
        for _ in 0..200 {
            let x: Vec<f64> = (0..n).map(|_| random.within(-2.0, 2.0)).collect();
            let upstream: Vec<f64> = (0..n).map(|_| random.within(-1.0, 1.0)).collect();
            let lambda = random.within(0.0, 1.0);
            let dot = |x: &[f64]| -> Double {
                let y = prox::group_soft_threshold(x, lambda);
                y.into_iter().zip(&upstream).map(|(y, u)| y * *u).sum()
            };
            // Away from the kink.
            if (prox::norm(&x) - lambda).abs() < 0.01 {
                continue;
            }
            let grad = prox::group_soft_threshold_backward(&x, lambda, &upstream);
            for i in 0..n {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[i] += by;
                    dot(&x)
                };
                let slope = (moved(step) - moved(-step)) / (2.0 * step);
                assert!((slope - grad[i]).abs() < 1e-6, "{x:?} {lambda} {i}");
            }
        }
    }
    for _ in 0..200 {
        let (w, l1, l2) =
            (random.within(0.1, 2.0), random.within(0.0, 1.0), random.within(0.0, 1.0));
        for w in [w, -w] {
            let value = |w| prox::elastic_net_penalty(w, l1, l2).0;
            let slope = (value(w + step) - value(w - step)) / (2.0 * step);
            assert!((slope - prox::elastic_net_penalty(w, l1, l2).1).abs() < 1e-9, "{w} {l1} {l2}");
        }
    }
    assert!(prox::elastic_net_penalty(0.0, 1.0, 1.0).1.is_zero());
    assert!(prox::elastic_net_penalty(INF, 1.0, 0.0).1 == 1.0);
    assert!(prox::elastic_net_penalty(-3.0, 2.0, 4.0).0 == 24.0);
    assert!(prox::group_soft_threshold_backward(&[3.0, 4.0], 5.0, &[1.0, 1.0])[0].is_zero());
    assert!(prox::group_soft_threshold_backward(&[4.0, 0.0], 2.0, &[1.0, 1.0])[1] == 0.5);
}

#[test]
fn gradient_descent_by_hand() {
    let d = Double::from;
    let sgd = Sgd { learning_rate: 0.5, weight_decay: 0.25, ..Sgd::default() };
    let (w, b) = sgd.step(d(2.0), d(3.0), d(7.0), 1);
    assert!(w == 0.25 && b == 7.0); // 2 (1 - 1/8) - 3/2, buffer untouched
    let up = Sgd { maximize: true, grad_scale: 2.0, ..sgd };
    assert!(up.step(d(2.0), d(3.0), d(0.0), 1).0 == 4.75);
    let decoupled = Sgd { decoupled: true, ..sgd };
    assert!(decoupled.step(d(2.0), d(3.0), d(0.0), 1).0 == 0.25);

    let momentum = Sgd { momentum: Some(0.5), dampening: 0.5, ..sgd };
    let (w, b) = momentum.step(d(2.0), d(3.0), Double::NAN, 1);
    assert!(b == 3.5 && w == 0.25); // the first buffer is the gradient, undampened
    let (w, b) = momentum.step(w, d(1.0), b, 2);
    assert!(b == 2.28125 && w == 0.25 - 1.140625);
    let nesterov = Sgd { momentum: Some(0.5), nesterov: true, weight_decay: 0.0, ..sgd };
    let (w, b) = nesterov.step(d(2.0), d(3.0), d(4.0), 2);
    assert!(b == 5.0 && w == 2.0 - 0.5 * 5.5);
    let (w, b) = Sgd { decoupled: true, ..momentum }.step(d(2.0), d(3.0), d(4.0), 2);
    assert!(b == 3.5 && w == 1.75 - 1.75);
}

#[test]
fn a_proximal_step_keeps_zero_exactly_up_to_the_penalty() {
    let mut random = Random(9);
    let l1 = 0.1;
    let step = ProxSgd { learning_rate: 0.3, l1, l2: 0.5, grad_scale: 1.0 };
    for _ in 0..1000 {
        let g = random.within(-0.2, 0.2);
        assert_eq!(step.step(Double::ZERO, Double::from(g)).is_zero(), g.abs() <= l1);
    }
    assert!(step.step(Double::ZERO, Double::from(l1)).is_zero());
    assert!(!step.step(Double::ZERO, Double::from(l1.next_up())).is_zero());
    let whole = ProxSgd { learning_rate: 0.5, l1: 1.0, l2: 2.0, grad_scale: 2.0 };
    assert!(whole.step(Double::from(4.0), Double::from(1.0)) == 1.25); // (4 - 1 - 0.5) / 2
}

#[test]
fn adam_and_lion_by_hand() {
    let d = Double::from;
    let adam = Adam::default();
    for g in [0.3, -2e5, 1e-9] {
        // The corrections undo the first averages: m = g, sqrt(v) = |g|.
        let (w, state) = adam.step(d(1.0), d(g), Moments::ZERO, 1);
        assert_close(1.0 - w, adam.learning_rate * d(g) / (d(g).abs() + adam.eps), 85, g);
        assert_close(state.m, (1.0 - d(0.9)) * g, 100, g);
        // A constant gradient keeps them there.
        let (again, _) = adam.step(w, d(g), state, 2);
        assert_close(w - again, 1.0 - w, 80, g);
    }
    let decay = Adam { decoupled: true, weight_decay: 0.5, learning_rate: 0.5, ..adam };
    assert!(decay.step(d(1.0), d(0.0), Moments::ZERO, 1).0 == 0.75);
    let (_, coupled) = Adam { decoupled: false, ..decay }.step(d(2.0), d(0.0), Moments::ZERO, 1);
    assert_close(coupled.m, 1.0 - d(0.9), 100, "decay in the gradient");
    let past = Moments { v_max: d(4.0), ..Moments::ZERO };
    let (w, state) = Adam { amsgrad: true, eps: 0.0, ..adam }.step(d(0.0), d(1.0), past, 1);
    assert!(state.v_max == 4.0);
    assert!((w + 1e-3 * (1.0 - d(0.999)).sqrt() / 2.0).abs() < tiny(90));

    let lion = Lion {
        learning_rate: 0.5,
        beta1: 0.5,
        beta2: 0.75,
        weight_decay: 0.25,
        maximize: false,
        grad_scale: 1.0,
    };
    let (w, m) = lion.step(d(4.0), d(1.0), d(-2.0));
    assert!(w == 4.0 + 0.5 - 0.5 && m == -1.25);
    assert!(lion.step(d(0.0), d(1.0), d(-1.0)).0.is_zero()); // sign(0) is 0
}

#[test]
fn proximal_momentum_and_adam_by_hand() {
    let d = Double::from;
    let prox = ProxSgd { learning_rate: 0.5, l1: 1.0, l2: 2.0, grad_scale: 2.0 };
    let fista = ProxMomentum { prox, momentum: 0.5 };
    let (w, y) = fista.step(d(0.25), d(1.0), d(4.0));
    assert!(w == 1.25 && y == 1.75); // (4 - 1 - 0.5) / 2, and half of the move beyond

    // m = 2, v = 16, corrected 4 and 16: a scale of 0.5 / 4, a step of 0.5.
    let adam = Adam {
        learning_rate: 0.5,
        beta1: 0.5,
        beta2: 0.0,
        eps: 0.0,
        weight_decay: 1.0,
        decoupled: true,
        ..Adam::default()
    };
    let metric = ProxAdamW { adam, l1: 1.0, isotropic: false };
    let (w, state) = metric.step(d(4.0), d(4.0), Moments::ZERO, 1);
    assert!(w == 2.0 - 0.5 - 0.125 && state.m == 2.0 && state.v == 16.0);
    let (w, _) = ProxAdamW { isotropic: true, ..metric }.step(d(4.0), d(4.0), Moments::ZERO, 1);
    assert!(w == 2.0 - 0.5 - 0.5);
    let (w, _) = ProxAdamW { l1: 4.0, ..metric }.step(d(0.0), d(-4.0), Moments::ZERO, 1);
    assert!(w.is_zero()); // the corrected average is exactly l1
}

#[test]
fn powers_of_averages() {
    assert!(power(0.5, 0) == 1.0 && power(0.5, 3) == 0.125 && power(0.0, 5).is_zero());
    assert!(power(0.5, 2000) == Double::ONE.scale(-2000));
    assert!(power(0.9, u64::MAX).is_zero() && power(1.0 - f64::EPSILON, 1) < 1.0);
}
