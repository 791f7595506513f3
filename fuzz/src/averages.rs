//! Lion, and proximal gradient steps with momentum.

use crate::compare::{Expected, in_range, least, representable};
use crate::reference::{Double, update as reference};
use crate::update::{Case, admits, holds};
use crate::{Number, Source, tolerance};
use gradstep::{Error, update};

pub fn lion<E: Number>(source: &mut Source) {
    let Case { runner, w, g } = Case::<E>::draw(source);
    let n = source.near(w.len());
    let m: Vec<E> = source.slice(n);
    let average = |source: &mut Source| {
        let beta = source.parameter();
        if beta > 1.0 && !source.rarely() { 1.0 / beta } else { beta }
    };
    let formula = reference::Lion {
        learning_rate: source.parameter(),
        beta1: average(source),
        beta2: average(source),
        weight_decay: if source.flag() { source.parameter() } else { 0.0 },
        maximize: source.flag(),
        grad_scale: if source.flag() { source.number() } else { 1.0 },
    };
    let reference::Lion { learning_rate, beta1, beta2, weight_decay, grad_scale, .. } = formula;
    let what = format!("{formula:?}");
    let build = || -> Result<update::Lion, Error> {
        let lion = update::Lion::new(learning_rate)?.betas(beta1, beta2)?;
        let lion = lion.weight_decay(weight_decay)?.grad_scale(grad_scale)?;
        Ok(if formula.maximize { lion.maximize() } else { lion })
    };
    let betas = [beta1, beta2].into_iter().all(|beta| (0.0..1.0).contains(&beta));
    let accepted = betas && admits(learning_rate) && admits(weight_decay) && grad_scale.is_finite();
    let constants = [learning_rate, 1.0 - learning_rate * weight_decay, grad_scale];
    let fits = accepted && w.len() == g.len() && w.len() == m.len() && holds::<E>(&constants);
    let stepped = runner.run(&what, fits, &[&g], &[&w, &m], &|execution, x, out| {
        let [w, m] = out else { unreachable!("two outputs") };
        build()?.execution(execution).step(w, x[0], m).map(|()| 0.0)
    });
    let decay = Double::from(learning_rate) * weight_decay;
    let share = |beta: f64| 1.0 - Double::from(beta);
    let constants = [
        Double::from(learning_rate),
        Double::from(beta1),
        Double::from(beta2),
        share(beta1),
        share(beta2),
        Double::from(grad_scale),
        1.0 - decay,
    ];
    let Some(stepped) = stepped else { return };
    if !constants.into_iter().all(representable::<E>) || !in_range::<f64>(decay) {
        return;
    }
    let ulps = |output| tolerance::ulps("lion", output, E::FORMAT);
    let epsilon = 2f64.powi(1 - E::FORMAT.precision());
    for (i, ((w, g), m)) in w.iter().zip(&g).zip(&m).enumerate() {
        let (weight, gradient, average) = (w.double(), g.double(), m.double());
        let h = (gradient * grad_scale).abs();
        let terms = |beta: f64| beta * average.abs() + share(beta) * h;
        let kept = weight.abs() * (1.0 + decay);
        if ![kept, h, average, terms(beta1), kept + learning_rate].into_iter().all(in_range::<E>) {
            continue;
        }
        let (exact, next) = formula.step(weight, gradient, average);
        let signed = if formula.maximize { -gradient } else { gradient } * grad_scale;
        let u = beta1 * average + share(beta1) * signed;
        // Products that underflow have errors of the least number, not relative ones.
        let unsure = terms(beta1) * (ulps("sign") * epsilon) + least::<E>(Double::from(4.0));
        let sure = !u.is_finite() || u.is_zero() && h.is_zero() || u.abs() > unsure;
        let w_is = Expected {
            exact,
            magnitude: kept + learning_rate,
            ulps: ulps("w"),
            slack: least::<E>(Double::from(2.0)),
        };
        let m_is = Expected {
            exact: next,
            magnitude: terms(beta2),
            ulps: ulps("m"),
            slack: least::<E>(Double::from(4.0)),
        };
        for outcome in &stepped {
            if sure {
                w_is.check(outcome.outputs[0][i], (&what, w, g, m, outcome.level));
            }
            m_is.check(outcome.outputs[1][i], (&what, w, g, m, outcome.level));
        }
    }
}

pub fn prox_momentum<E: Number>(source: &mut Source) {
    let Case { runner, w, g } = Case::<E>::draw(source);
    let n = source.near(w.len());
    let y: Vec<E> = source.slice(n);
    let prox = reference::ProxSgd {
        learning_rate: source.parameter(),
        l1: source.parameter(),
        l2: source.parameter(),
        grad_scale: source.number(),
    };
    let momentum = source.parameter();
    let formula = reference::ProxMomentum { prox, momentum };
    let reference::ProxSgd { learning_rate, l1, l2, grad_scale } = prox;
    let what = format!("{formula:?}");
    let accepted = [learning_rate, l1, l2, momentum].into_iter().all(admits);
    let held = holds::<E>(&[learning_rate, l1, 1.0 + learning_rate * l2, grad_scale, momentum]);
    let fits =
        accepted && grad_scale.is_finite() && w.len() == g.len() && w.len() == y.len() && held;
    let stepped = runner.run(&what, fits, &[&g], &[&w, &y], &|execution, x, out| {
        let [w, y] = out else { unreachable!("two outputs") };
        let step = update::ProxMomentum::new(learning_rate, momentum)?.l1(l1)?.l2(l2)?;
        step.grad_scale(grad_scale)?.execution(execution).step(w, x[0], y).map(|()| 0.0)
    });
    let Some(stepped) = stepped else { return };
    let eta = Double::from(learning_rate);
    let constants =
        [eta, Double::from(l1), Double::from(grad_scale), 1.0 + eta * l2, Double::from(momentum)];
    if !constants.into_iter().all(representable::<E>) || !in_range::<E>(eta * l1) {
        return;
    }
    let ulps = |output| tolerance::ulps("prox_momentum", output, E::FORMAT);
    for (i, ((w, g), y)) in w.iter().zip(&g).zip(&y).enumerate() {
        let (weight, gradient, ahead) = (w.double(), g.double(), y.double());
        let scaled = (gradient * grad_scale).abs();
        let prox_terms = (ahead.abs() + eta * scaled + eta * l1) / (1.0 + eta * l2);
        let beyond = momentum * (prox_terms + weight.abs());
        let terms = [weight, ahead, scaled, eta * scaled, eta * l1, beyond, prox_terms + beyond];
        if !terms.into_iter().all(in_range::<E>) {
            continue;
        }
        let (next, point) = formula.step(weight, gradient, ahead);
        let lost = (eta + 4.0) / (1.0 + eta * l2);
        let w_is = Expected {
            exact: next,
            magnitude: prox_terms,
            ulps: ulps("w"),
            slack: least::<E>(lost),
        };
        let y_is = Expected {
            exact: point,
            magnitude: prox_terms + beyond,
            ulps: ulps("y"),
            slack: least::<E>((1.0 + Double::from(momentum)) * lost + 2.0),
        };
        for outcome in &stepped {
            w_is.check(outcome.outputs[0][i], (&what, w, g, y, outcome.level));
            y_is.check(outcome.outputs[1][i], (&what, w, g, y, outcome.level));
        }
    }
}
