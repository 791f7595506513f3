//! Gradient descent with momentum.

use super::UpdateEntry;
use super::update::{holds, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, update as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::SgdMomentum`] at step `t`.
#[derive(Clone, Copy, Debug)]
pub struct SgdMomentum {
    /// Its options, with momentum.
    pub formula: reference::Sgd,
    /// The step.
    pub t: u64,
}

fn plain() -> reference::Sgd {
    reference::Sgd { learning_rate: 0.1, momentum: Some(0.9), ..Default::default() }
}

impl SgdMomentum {
    fn momentum(self) -> f64 {
        self.formula.momentum.unwrap_or_default()
    }
}

impl<E: Number> Stepper<E, 1> for SgdMomentum {
    type Update = update::SgdMomentum;

    const STATES: [(f64, f64); 1] = [(-4.0, 4.0)];

    fn update(self, execution: Execution) -> Result<update::SgdMomentum, Error> {
        let reference::Sgd { learning_rate, nesterov, decoupled, maximize, .. } = self.formula;
        let update = update::SgdMomentum::new(learning_rate, self.momentum())?
            .dampening(self.formula.dampening)?
            .weight_decay(self.formula.weight_decay)?
            .grad_scale(self.formula.grad_scale)?;
        let update = if nesterov { update.nesterov()? } else { update };
        let update = if decoupled { update.decoupled() } else { update };
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::SgdMomentum, tensor: Tensor<'_, E, 1>) -> Result<(), Error> {
        let Tensor { w, g, state: [buffer] } = tensor;
        update.step(w, g, buffer, self.t)
    }

    fn step_many(
        self,
        update: &update::SgdMomentum,
        tensors: &mut [Tensor<'_, E, 1>],
    ) -> Result<(), Error> {
        update.step_many(tensors, self.t)
    }

    /// The first step has no buffer.
    fn reads(self) -> &'static [usize] {
        if self.t == 1 { &[0, 1] } else { &[0, 1, 2] }
    }
}

impl<E: Number> ReferencedUpdate<E, 1> for SgdMomentum {
    const NAME: &'static str = "sgd_momentum";
    const STATE: [&'static str; 1] = ["buffer"];

    fn exact(self, w: Double, g: Double, [buffer]: [Double; 1]) -> Option<Stepped<1>> {
        let reference::Sgd { learning_rate, weight_decay, nesterov, decoupled, .. } = self.formula;
        let momentum = self.momentum();
        let (value, next) = self.formula.step(w, g, buffer, self.t);
        let (coupled, decay) = if decoupled { (0.0, weight_decay) } else { (weight_decay, 0.0) };
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * decay);
        // Without decay nothing of an infinite weight is added.
        let added = if coupled == 0.0 { Double::ZERO } else { coupled * w.abs() };
        let h = (g * self.formula.grad_scale).abs() + added;
        let damped = (1.0 - Double::from(self.formula.dampening)).abs() * h;
        let buffer = if self.t == 1 { h } else { momentum * buffer.abs() + damped };
        let along = if nesterov { h + momentum * buffer } else { buffer };
        let step = learning_rate * along;
        Some(Stepped {
            w: [value, kept + step],
            state: [[next, buffer]],
            terms: vec![kept, h, damped, buffer, along, step],
        })
    }
}

impl<E: Number> UpdateEntry<E, 1> for SgdMomentum {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0xa6c2_40e9_b99e_16e8, 0x1b70_7249_08eb_3716];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("sgd_momentum", "w", [9.5; 2],
            "of the sum of the terms' magnitudes, along Nesterov's path: grad_scale, product, decay \
             added, momentum, product, buffer added, again momentum's product, rate, product, \
             difference"),
        row("sgd_momentum", "buffer", [5.5; 2],
            "of the sum of the terms' magnitudes: grad_scale, product, decay added, dampening, \
             product, sum"),
        row("sgd_momentum", "each step", [2.0; 2],
            "of the largest weight so far, times the square root of the number of steps: the \
             difference of each step, and a rate so small that the rest counts less"),
        row("sgd_momentum", "decay of each step", [0.5, 1.5],
            "of the largest weight so far: the factor of decoupled decay, rounded once; f64 derives \
             it with one rounding more"),
    ];

    /// So small a decay never stops the weights: where they rest, momentum dies out in subnormal
    /// numbers, and whoever measures repeated steps would measure those.
    fn usual() -> Self {
        SgdMomentum { formula: reference::Sgd { weight_decay: 1e-12, ..plain() }, t: 2 }
    }

    fn all() -> Vec<Self> {
        let decay = reference::Sgd { weight_decay: 0.3, ..plain() };
        let nesterov = reference::Sgd { nesterov: true, ..decay };
        let of = |t, formula| SgdMomentum { formula, t };
        vec![
            of(2, plain()),
            of(1, reference::Sgd { maximize: true, ..decay }),
            of(1, nesterov),
            of(1, reference::Sgd { dampening: 0.7, ..plain() }),
            of(2, reference::Sgd { dampening: 0.999, decoupled: true, grad_scale: -0.3, ..decay }),
            of(2, reference::Sgd { grad_scale: 1.0 / 3.0, ..nesterov }),
            of(1000, reference::Sgd { decoupled: true, ..nesterov }),
            of(2, reference::Sgd { momentum: Some(0.0), dampening: 0.1, ..decay }),
        ]
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        let formula = reference::Sgd {
            learning_rate: number(),
            momentum: Some(number()),
            dampening: if t.is_multiple_of(2) { number() } else { 0.0 },
            nesterov: number() > 1.0,
            weight_decay: number(),
            decoupled: number() > 1.0,
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        SgdMomentum { formula, t }
    }

    fn fits(self) -> bool {
        let reference::Sgd { learning_rate, dampening, nesterov, .. } = self.formula;
        let reference::Sgd { weight_decay, decoupled, grad_scale, .. } = self.formula;
        let momentum = self.momentum();
        let decay = if decoupled { 1.0 - learning_rate * weight_decay } else { weight_decay };
        strengths([learning_rate, momentum, weight_decay])
            && dampening.is_finite()
            && grad_scale.is_finite()
            && (!nesterov || (momentum > 0.0 && dampening == 0.0))
            && self.t > 0
            && holds::<E>(&[learning_rate, momentum, decay, 1.0 - dampening, grad_scale])
    }

    fn slow(self, t: u64) -> Self {
        SgdMomentum { formula: reference::Sgd { learning_rate: 1e-3, ..self.formula }, t }
    }

    fn decays(self) -> bool {
        self.formula.decoupled
    }

    fn growth(steps: f64) -> f64 {
        steps.sqrt()
    }
}
