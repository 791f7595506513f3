//! Stochastic gradient descent with weight decay.

use super::UpdateEntry;
use super::update::{holds, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, update as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::Sgd`].
#[derive(Clone, Copy, Debug)]
pub struct Sgd {
    /// Its options. Without momentum both kinds of decay are one update; that of the weight has
    /// the form which is promised for infinite weights.
    pub formula: reference::Sgd,
}

fn plain() -> reference::Sgd {
    reference::Sgd { learning_rate: 0.1, decoupled: true, ..Default::default() }
}

impl<E: Number> Stepper<E, 0> for Sgd {
    type Update = update::Sgd;

    const STATES: [(f64, f64); 0] = [];

    fn update(self, execution: Execution) -> Result<update::Sgd, Error> {
        let reference::Sgd { learning_rate, weight_decay, grad_scale, maximize, .. } = self.formula;
        let update = update::Sgd::new(learning_rate)?;
        let update = update.weight_decay(weight_decay)?.grad_scale(grad_scale)?;
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::Sgd, tensor: Tensor<'_, E, 0>) -> Result<(), Error> {
        update.step(tensor.w, tensor.g)
    }

    fn step_many(
        self,
        update: &update::Sgd,
        tensors: &mut [Tensor<'_, E, 0>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }
}

impl<E: Number> ReferencedUpdate<E, 0> for Sgd {
    const NAME: &'static str = "sgd";
    const STATE: [&'static str; 0] = [];

    fn exact(self, w: Double, g: Double, []: [Double; 0]) -> Option<Stepped<0>> {
        let reference::Sgd { learning_rate, weight_decay, grad_scale, .. } = self.formula;
        let (value, _) = self.formula.step(w, g, Double::ZERO, 1);
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * weight_decay);
        let step = learning_rate * (g * grad_scale).abs();
        Some(Stepped { w: [value, kept + step], state: [], terms: vec![kept, step] })
    }
}

impl<E: Number> UpdateEntry<E, 0> for Sgd {
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0x2cbc_7d9f_cfd5_61c5, 0xad91_2c98_59d5_659a];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("sgd", "w", [2.5, 3.5],
            "of the sum of the terms' magnitudes: constant, product, difference; f64 rounds where it \
             derives a constant, too"),
        row("sgd", "decay", [1.5, 2.5],
            "of the weight: constant, product; f64 derives the constant with one rounding more"),
        row("sgd", "each step", [2.0; 2],
            "as sgd_momentum"),
        row("sgd", "decay of each step", [0.5, 1.5],
            "as adam"),
    ];

    fn usual() -> Self {
        Sgd { formula: reference::Sgd { weight_decay: 0.1, ..plain() } }
    }

    fn all() -> Vec<Self> {
        let decay = |weight_decay| reference::Sgd { weight_decay, ..plain() };
        [
            plain(),
            decay(1e-2),
            reference::Sgd { maximize: true, ..decay(7.0) },
            reference::Sgd { learning_rate: 1e-3, grad_scale: 1.0 / 3.0, ..decay(1e-4) },
            reference::Sgd { learning_rate: 1.0, grad_scale: -0.7, ..decay(1.0) },
        ]
        .map(|formula| Sgd { formula })
        .into()
    }

    fn draw(number: &mut dyn FnMut() -> f64, _: u64) -> Self {
        let formula = reference::Sgd {
            learning_rate: number(),
            weight_decay: number(),
            maximize: number() > 1.0,
            grad_scale: number(),
            ..plain()
        };
        Sgd { formula }
    }

    fn fits(self) -> bool {
        let reference::Sgd { learning_rate, weight_decay, grad_scale, .. } = self.formula;
        strengths([learning_rate, weight_decay])
            && grad_scale.is_finite()
            && holds::<E>(&[1.0 - learning_rate * weight_decay, learning_rate * grad_scale])
    }

    fn slow(self, _: u64) -> Self {
        Sgd { formula: reference::Sgd { learning_rate: 1e-3, ..self.formula } }
    }

    fn decays(self) -> bool {
        self.formula.weight_decay != 0.0
    }

    fn growth(steps: f64) -> f64 {
        steps.sqrt()
    }
}
