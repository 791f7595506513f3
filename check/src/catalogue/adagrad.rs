//! Adagrad.

use super::UpdateEntry;
use super::update::{gradient, holds, holds_eps, moved, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, adaptive as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::Adagrad`] at step `t`.
#[derive(Clone, Copy, Debug)]
pub struct Adagrad {
    /// Its options.
    pub formula: reference::Adagrad,
    /// The step.
    pub t: u64,
}

const PLAIN: reference::Adagrad = reference::Adagrad {
    learning_rate: 0.01,
    learning_rate_decay: 0.0,
    eps: 1e-10,
    weight_decay: 0.0,
    maximize: false,
    grad_scale: 1.0,
};

impl<E: Number> Stepper<E, 1> for Adagrad {
    type Update = update::Adagrad;

    const STATES: [(f64, f64); 1] = [(0.0, 6.0)];

    fn update(self, execution: Execution) -> Result<update::Adagrad, Error> {
        let reference::Adagrad { learning_rate, maximize, .. } = self.formula;
        let update = update::Adagrad::new(learning_rate)?
            .learning_rate_decay(self.formula.learning_rate_decay)?
            .eps(self.formula.eps)?
            .weight_decay(self.formula.weight_decay)?
            .grad_scale(self.formula.grad_scale)?;
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::Adagrad, tensor: Tensor<'_, E, 1>) -> Result<(), Error> {
        let Tensor { w, g, state: [sum] } = tensor;
        update.step(w, g, sum, self.t)
    }

    fn step_many(
        self,
        update: &update::Adagrad,
        tensors: &mut [Tensor<'_, E, 1>],
    ) -> Result<(), Error> {
        update.step_many(tensors, self.t)
    }

    fn admit(self, state: &mut [E]) {
        state.iter_mut().for_each(positive);
    }
}

impl<E: Number> ReferencedUpdate<E, 1> for Adagrad {
    const NAME: &'static str = "adagrad";
    const STATE: [&'static str; 1] = ["sum"];

    fn exact(self, w: Double, g: Double, [sum]: [Double; 1]) -> Option<Stepped<1>> {
        let reference::Adagrad { eps, weight_decay, grad_scale, .. } = self.formula;
        let (value, next) = self.formula.step(w, g, sum, self.t);
        let h = gradient::<E>([w, g], grad_scale, weight_decay);
        let denominator = next.sqrt() + eps;
        let ratio = h / denominator * moved(h, denominator);
        let step = self.formula.rate(self.t) * ratio;
        Some(Stepped {
            w: [value, w.abs() + step],
            state: [[next, sum + h * h]],
            terms: vec![h, h * h, ratio, step, sum + h * h],
        })
    }
}

impl<E: Number> UpdateEntry<E, 1> for Adagrad {
    const LARGE: usize = 500_003;
    const BITS: [u64; 2] = [0x9129_9362_3cc8_b799, 0x7293_ca7b_0cb1_d5f7];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("adagrad", "w", [12.5, 15.5],
            "of the sum of the terms' magnitudes: grad_scale, product, decay added; 6 of the \
             denominator (half of 8 of sum, root, sum), quotient, rate, product, difference; f64 \
             derives the rate with three more"),
        row("adagrad", "sum", [7.5; 2],
            "of the sum of the terms' magnitudes: grad_scale, product, decay added, all twice; \
             product, sum"),
        row("adagrad", "each step", [0.6; 2],
            "as adam"),
    ];

    fn usual() -> Self {
        let formula = reference::Adagrad { learning_rate: 0.1, weight_decay: 0.01, ..PLAIN };
        Adagrad { formula, t: 3 }
    }

    fn all() -> Vec<Self> {
        let decay = reference::Adagrad { weight_decay: 0.3, ..PLAIN };
        let falling = reference::Adagrad { learning_rate_decay: 0.1, ..PLAIN };
        vec![
            Adagrad { formula: PLAIN, t: 1 },
            Adagrad { formula: reference::Adagrad { maximize: true, ..decay }, t: 2 },
            Adagrad { formula: reference::Adagrad { grad_scale: -0.3, ..falling }, t: 1000 },
            Adagrad { formula: reference::Adagrad { learning_rate: 3.0, eps: 0.1, ..decay }, t: 1 },
        ]
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        let formula = reference::Adagrad {
            learning_rate: number(),
            learning_rate_decay: number(),
            eps: number(),
            weight_decay: number(),
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        Adagrad { formula, t }
    }

    fn fits(self) -> bool {
        let reference::Adagrad { learning_rate, learning_rate_decay, eps, .. } = self.formula;
        let reference::Adagrad { weight_decay, grad_scale, .. } = self.formula;
        let before = self.t.saturating_sub(1) as f64;
        strengths([learning_rate, learning_rate_decay, eps, weight_decay])
            && self.t > 0
            && grad_scale.is_finite()
            && holds::<E>(&[learning_rate / (1.0 + before * learning_rate_decay)])
            && holds::<E>(&[weight_decay, grad_scale])
            && holds_eps::<E>(eps, 1.0)
    }

    fn slow(self, t: u64) -> Self {
        Adagrad { formula: reference::Adagrad { learning_rate: 1e-3, ..self.formula }, t }
    }
}
