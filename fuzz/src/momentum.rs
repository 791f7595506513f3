//! Gradient steps with momentum.

use crate::compare::{Expected, in_range, least, representable};
use crate::reference::{Double, update as reference};
use crate::update::{Case, admits, holds};
use crate::{Number, Source, tolerance};
use gradstep::{Error, update};

/// What is the same for every element.
#[derive(Clone, Copy, Debug)]
struct Options {
    formula: reference::Sgd,
    momentum: f64,
    t: u64,
}

impl Options {
    fn draw(source: &mut Source) -> Self {
        let momentum = source.parameter();
        let formula = reference::Sgd {
            learning_rate: source.parameter(),
            momentum: Some(momentum),
            dampening: if source.flag() { source.number() } else { 0.0 },
            nesterov: source.flag(),
            weight_decay: if source.flag() { source.parameter() } else { 0.0 },
            decoupled: source.flag(),
            maximize: source.flag(),
            grad_scale: if source.flag() { source.number() } else { 1.0 },
        };
        let t = if source.rarely() { source.bits() } else { 1 + source.below(3) as u64 };
        Options { formula, momentum, t }
    }

    fn accepted(self) -> bool {
        let Options { formula, momentum, .. } = self;
        let strengths = [formula.learning_rate, momentum, formula.weight_decay];
        strengths.into_iter().all(admits)
            && formula.dampening.is_finite()
            && formula.grad_scale.is_finite()
            && (!formula.nesterov || (momentum > 0.0 && formula.dampening == 0.0))
            && self.t > 0
    }

    /// Whether the element type can hold the constants.
    fn held<E: Number>(self) -> bool {
        let Options { formula, momentum, .. } = self;
        let decay = if formula.decoupled {
            1.0 - formula.learning_rate * formula.weight_decay
        } else {
            formula.weight_decay
        };
        let undamped = 1.0 - formula.dampening;
        holds::<E>(&[formula.learning_rate, momentum, decay, undamped, formula.grad_scale])
    }

    fn build(self) -> Result<update::SgdMomentum, Error> {
        let Options { formula, momentum, .. } = self;
        let sgd = update::SgdMomentum::new(formula.learning_rate, momentum)?;
        let sgd = sgd.dampening(formula.dampening)?.weight_decay(formula.weight_decay)?;
        let sgd = sgd.grad_scale(formula.grad_scale)?;
        let sgd = if formula.nesterov { sgd.nesterov()? } else { sgd };
        let sgd = if formula.decoupled { sgd.decoupled() } else { sgd };
        Ok(if formula.maximize { sgd.maximize() } else { sgd })
    }

    /// `1 - dampening` and `learning_rate * weight_decay` if that is decoupled.
    fn derived(self) -> (Double, Double) {
        let formula = self.formula;
        let decay = if formula.decoupled { formula.weight_decay } else { 0.0 };
        (1.0 - Double::from(formula.dampening), Double::from(formula.learning_rate) * decay)
    }

    /// Whether the type can hold the constants.
    fn representable<E: Number>(self) -> bool {
        let (undamped, decay) = self.derived();
        let formula = self.formula;
        let constants =
            [self.momentum, formula.learning_rate, formula.weight_decay, formula.grad_scale];
        constants.into_iter().all(|x| representable::<E>(Double::from(x)))
            && representable::<E>(undamped)
            && representable::<E>(1.0 - decay)
            && in_range::<f64>(decay)
    }

    /// What weight and buffer must be, if no intermediate result overflows.
    fn expected<E: Number>(self, w: E, g: E, buffer: E) -> Option<[Expected; 2]> {
        let Options { formula, momentum, t } = self;
        let (undamped, decay) = self.derived();
        let [w, g, b] = [w, g, buffer].map(E::double);
        let exact = formula.step(w, g, b, t);
        // If every term had the same sign.
        let scaled = (g * formula.grad_scale).abs();
        let coupled = if formula.decoupled { Double::ZERO } else { w.abs() * formula.weight_decay };
        let h = scaled + coupled;
        let kept = w.abs() * (1.0 + decay);
        let damped = undamped.abs() * h;
        let buffer = if t == 1 { h } else { momentum * b.abs() + damped };
        let step = if formula.nesterov { h + momentum * buffer } else { buffer };
        let moved = formula.learning_rate * step;
        let terms = [kept, h, damped, buffer, step, moved];
        if !terms.into_iter().all(in_range::<E>) {
            return None;
        }
        // Least positive numbers that underflow may have cost, along the same path.
        let lost_h = Double::ONE;
        let lost_buffer = if t == 1 { lost_h } else { undamped.abs() * lost_h + 1.0 };
        let lost_step =
            if formula.nesterov { lost_h + momentum * lost_buffer + 1.0 } else { lost_buffer };
        let lost_w = formula.learning_rate * lost_step + 1.0;
        let ulps = |output| tolerance::ulps("sgd_momentum", output, E::FORMAT);
        let w = Expected {
            exact: exact.0,
            magnitude: kept + moved,
            ulps: ulps("w"),
            slack: least::<E>(lost_w),
        };
        let buffer = Expected {
            exact: exact.1,
            magnitude: buffer,
            ulps: ulps("buffer"),
            slack: least::<E>(lost_buffer),
        };
        Some([w, buffer])
    }
}

pub fn sgd_momentum<E: Number>(source: &mut Source) {
    let Case { runner, w, g } = Case::<E>::draw(source);
    let n = source.near(w.len());
    let buffer: Vec<E> = source.slice(n);
    let options = Options::draw(source);
    let what = format!("{options:?}");
    let fits =
        options.accepted() && options.held::<E>() && w.len() == g.len() && w.len() == buffer.len();
    let stepped = runner.run(&what, fits, &[&g], &[&w, &buffer], &|execution, x, out| {
        let [w, buffer] = out else { unreachable!("two outputs") };
        let sgd = options.build()?.execution(execution);
        sgd.step(w, x[0], buffer, options.t).map(|()| 0.0)
    });
    if stepped.is_none() || !options.representable::<E>() {
        return;
    }
    for (i, ((w, g), b)) in w.iter().zip(&g).zip(&buffer).enumerate() {
        let Some(expected) = options.expected(*w, *g, *b) else { continue };
        for outcome in stepped.iter().flatten() {
            for (output, expected) in outcome.outputs.iter().zip(expected) {
                expected.check(output[i], (&what, w, g, b, outcome.level));
            }
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
