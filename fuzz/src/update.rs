//! Gradient steps without momentum.

use crate::compare::{Expected, in_range, least, representable};
use crate::reference::{Double, update as reference};
use crate::run::Runner;
use crate::{Number, Source, tolerance};
use gradstep::{Error, update};

/// Weights, a gradient, and where they lie.
pub(crate) struct Case<E> {
    pub(crate) runner: Runner,
    pub(crate) w: Vec<E>,
    pub(crate) g: Vec<E>,
}

impl<E: Number> Case<E> {
    pub(crate) fn draw(source: &mut Source) -> Self {
        let runner = Runner { offsets: source.offsets(), needs_fusion: false };
        let n = source.len();
        let w = source.slice(n);
        let n = source.near(n);
        Case { runner, w, g: source.slice(n) }
    }
}

/// Finite and at least 0, as rates and penalties must be.
pub(crate) fn admits(x: f64) -> bool {
    x >= 0.0 && x.is_finite()
}

/// Whether the element type can hold constants.
pub(crate) fn holds<E: Number>(constants: &[f64]) -> bool {
    constants.iter().all(|x| E::from_f64(*x).finite())
}

pub fn prox_sgd<E: Number>(source: &mut Source) {
    let Case { runner, w, g } = Case::<E>::draw(source);
    let [learning_rate, l1, l2] = std::array::from_fn(|_| source.parameter());
    let grad_scale = source.number::<f64>();
    let accepted = [learning_rate, l1, l2].into_iter().all(admits) && grad_scale.is_finite();
    let sgd = || -> Result<update::ProxSgd, Error> {
        update::ProxSgd::new(learning_rate)?.l1(l1)?.l2(l2)?.grad_scale(grad_scale)
    };
    let constants = [learning_rate, l1, 1.0 + learning_rate * l2, grad_scale];
    let fits = accepted && w.len() == g.len() && holds::<E>(&constants);
    let what = format!("prox_sgd {learning_rate:e} {l1:e} {l2:e} {grad_scale:e}");
    let stepped = runner.run(&what, fits, &[&g], &[&w], &|execution, x, out| {
        sgd()?.execution(execution).step(out[0], x[0]).map(|()| 0.0)
    });
    let Some(stepped) = stepped else { return };

    // Zeros are exact, whatever the constants are, unless a product is beyond the type.
    let (rounded, rate) = (E::from_f64(grad_scale), E::from_f64(learning_rate));
    for (i, (w, g)) in w.iter().zip(&g).enumerate() {
        let h = *g * rounded;
        let h = if h < E::ZERO { -h } else { h };
        if *w == E::ZERO && h <= E::from_f64(l1) && (h * rate).finite() {
            for outcome in &stepped {
                let got = outcome.output()[i];
                assert_eq!(got.bits(), 0, "{what} of 0 and {g:?} on {:?}: {got:?}", outcome.level);
            }
        }
    }

    let formula = reference::ProxSgd { learning_rate, l1, l2, grad_scale };
    let eta = Double::from(learning_rate);
    let constants = [eta, Double::from(l1), Double::from(grad_scale), 1.0 + eta * l2];
    if !constants.into_iter().all(representable::<E>) || !in_range::<E>(eta * l1) {
        return;
    }
    let ulps = tolerance::ulps("prox_sgd", "w", E::FORMAT);
    for (i, (w, g)) in w.iter().zip(&g).enumerate() {
        let (weight, gradient) = (w.double(), g.double());
        let scaled = (gradient * grad_scale).abs();
        let terms = [weight.abs(), scaled, eta * scaled, eta * l1];
        if !terms.iter().all(|term| in_range::<E>(*term)) {
            continue;
        }
        let expected = Expected {
            exact: formula.step(weight, gradient),
            magnitude: (terms[0] + terms[2] + terms[3]) / (1.0 + eta * l2),
            ulps,
            slack: least::<E>((eta + 4.0) / (1.0 + eta * l2)),
        };
        for outcome in &stepped {
            expected.check(outcome.output()[i], (&what, w, g, outcome.level));
        }
    }
}
