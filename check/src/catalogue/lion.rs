//! Lion.

use super::UpdateEntry;
use super::update::{drawn_shares, holds, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, update as reference};
use crate::tolerance::{self, Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::Lion`].
#[derive(Clone, Copy, Debug)]
pub struct Lion {
    /// Its options.
    pub formula: reference::Lion,
}

const PLAIN: reference::Lion = reference::Lion {
    learning_rate: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    weight_decay: 0.0,
    maximize: false,
    grad_scale: 1.0,
};

impl<E: Number> Stepper<E, 1> for Lion {
    type Update = update::Lion;

    const STATES: [(f64, f64); 1] = [(-4.0, 4.0)];

    fn update(self, execution: Execution) -> Result<update::Lion, Error> {
        let reference::Lion { learning_rate, beta1, beta2, maximize, .. } = self.formula;
        let update = update::Lion::new(learning_rate)?
            .betas(beta1, beta2)?
            .weight_decay(self.formula.weight_decay)?
            .grad_scale(self.formula.grad_scale)?;
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::Lion, tensor: Tensor<'_, E, 1>) -> Result<(), Error> {
        let Tensor { w, g, state: [m] } = tensor;
        update.step(w, g, m)
    }

    fn step_many(
        self,
        update: &update::Lion,
        tensors: &mut [Tensor<'_, E, 1>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }
}

impl<E: Number> ReferencedUpdate<E, 1> for Lion {
    const NAME: &'static str = "lion";
    const STATE: [&'static str; 1] = ["m"];

    fn exact(self, w: Double, g: Double, [m]: [Double; 1]) -> Option<Stepped<1>> {
        let reference::Lion { learning_rate, weight_decay, grad_scale, .. } = self.formula;
        let reference::Lion { beta1, beta2, maximize, .. } = self.formula;
        let (value, next) = self.formula.step(w, g, m);
        let h = (g * grad_scale).abs();
        let terms = |beta: f64| beta * m.abs() + (1.0 - Double::from(beta)) * h;
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * weight_decay);
        let mut magnitude = kept + learning_rate;
        // Where the average may round to the other side of 0, so may the step.
        let signed = if maximize { -g } else { g } * grad_scale;
        let u = beta1 * m + (1.0 - Double::from(beta1)) * signed;
        let unsure = terms(beta1).max(Double::from(E::MIN_POSITIVE.to_f64()));
        let ulps = tolerance::ulps("lion", "sign", E::FORMAT);
        let epsilon = 2f64.powi(1 - E::FORMAT.precision());
        if u.abs() <= unsure * (ulps * epsilon) && !terms(beta1).is_zero() {
            magnitude = Double::from(E::LARGEST.to_f64());
        }
        Some(Stepped {
            w: [value, magnitude],
            state: [[next, terms(beta2)]],
            terms: vec![h, kept, terms(beta1), terms(beta2)],
        })
    }
}

impl<E: Number> UpdateEntry<E, 1> for Lion {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0x8850_474f_fb55_8f09, 0xa3fc_7f54_be84_6dd2];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("lion", "w", [2.5, 3.5],
            "of the sum of the terms' magnitudes, where the sign is sure: decay's factor, product, \
             difference; f64 derives the factor with one more"),
        row("lion", "m", [4.5; 2],
            "of the sum of the terms' magnitudes: grad_scale, product, share, product, sum"),
        row("lion", "sign", [4.5; 2],
            "where the average under the sign is further from 0, the sign is sure: as m"),
        row("lion", "each step", [0.6; 2],
            "as adam"),
        row("lion", "decay of each step", [0.5, 1.5],
            "as adam"),
    ];

    fn usual() -> Self {
        let formula = reference::Lion { learning_rate: 0.1, weight_decay: 0.3, ..PLAIN };
        Lion { formula }
    }

    fn all() -> Vec<Self> {
        [
            PLAIN,
            reference::Lion { weight_decay: 0.3, maximize: true, ..PLAIN },
            reference::Lion { weight_decay: 0.1, grad_scale: -0.3, learning_rate: 3.0, ..PLAIN },
            reference::Lion { beta1: 0.0, beta2: 0.0, ..PLAIN },
            reference::Lion { beta1: 0.95, beta2: 0.98, grad_scale: 1.0 / 3.0, ..PLAIN },
        ]
        .map(|formula| Lion { formula })
        .into()
    }

    fn draw(number: &mut dyn FnMut() -> f64, _: u64) -> Self {
        let [beta1, beta2] = drawn_shares(number);
        let formula = reference::Lion {
            learning_rate: number(),
            beta1,
            beta2,
            weight_decay: number(),
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        Lion { formula }
    }

    fn fits(self) -> bool {
        let reference::Lion { learning_rate, beta1, beta2, weight_decay, .. } = self.formula;
        let keep = 1.0 - learning_rate * weight_decay;
        strengths([learning_rate, weight_decay])
            && [beta1, beta2].into_iter().all(|beta| (0.0..1.0).contains(&beta))
            && self.formula.grad_scale.is_finite()
            && holds::<E>(&[learning_rate, keep, self.formula.grad_scale])
    }

    fn slow(self, _: u64) -> Self {
        Lion { formula: reference::Lion { learning_rate: 1e-3, ..self.formula } }
    }

    fn decays(self) -> bool {
        self.formula.weight_decay != 0.0
    }
}
