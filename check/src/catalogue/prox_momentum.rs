//! Proximal gradient descent with momentum.

use super::UpdateEntry;
use super::prox_sgd::{self, PLAIN, drawn, fit, terms};
use super::update::{holds, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, update as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::ProxMomentum`].
#[derive(Clone, Copy, Debug)]
pub struct ProxMomentum {
    /// Its options.
    pub formula: reference::ProxMomentum,
}

const fn with(prox: reference::ProxSgd, momentum: f64) -> ProxMomentum {
    ProxMomentum { formula: reference::ProxMomentum { prox, momentum } }
}

impl<E: Number> Stepper<E, 1> for ProxMomentum {
    type Update = update::ProxMomentum;

    const STATES: [(f64, f64); 1] = [(-4.0, 4.0)];

    fn update(self, execution: Execution) -> Result<update::ProxMomentum, Error> {
        let reference::ProxMomentum { prox, momentum } = self.formula;
        let update = update::ProxMomentum::new(prox.learning_rate, momentum)?;
        let update = update.l1(prox.l1)?.l2(prox.l2)?.grad_scale(prox.grad_scale)?;
        Ok(update.execution(execution))
    }

    fn step(self, update: &update::ProxMomentum, tensor: Tensor<'_, E, 1>) -> Result<(), Error> {
        let Tensor { w, g, state: [y] } = tensor;
        update.step(w, g, y)
    }

    fn step_many(
        self,
        update: &update::ProxMomentum,
        tensors: &mut [Tensor<'_, E, 1>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }

    /// The old weight is only where the last move began: `y` tells of it.
    fn reads(self) -> &'static [usize] {
        &[1, 2]
    }
}

impl<E: Number> ReferencedUpdate<E, 1> for ProxMomentum {
    const NAME: &'static str = "prox_momentum";
    const STATE: [&'static str; 1] = ["y"];

    fn exact(self, w: Double, g: Double, [y]: [Double; 1]) -> Option<Stepped<1>> {
        let reference::ProxMomentum { prox, momentum } = self.formula;
        let (next, ahead) = self.formula.step(w, g, y);
        let [scaled, step, threshold, all] = terms(prox, y, g);
        let beyond = momentum * (all + w.abs());
        Some(Stepped {
            w: [next, all],
            state: [[ahead, all + beyond]],
            terms: vec![scaled, step, threshold, all, beyond, all + beyond],
        })
    }
}

impl<E: Number> UpdateEntry<E, 1> for ProxMomentum {
    const LARGE: usize = 800_003;
    const BITS: [u64; 2] = [0x5949_3107_52bd_4a4f, 0x8f96_7b83_e0cf_8d22];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("prox_momentum", "w", [7.5, 9.5],
            "as prox_sgd"),
        row("prox_momentum", "y", [11.5, 13.5],
            "of the sum of the terms' magnitudes: as w, then difference, momentum, product, sum"),
        row("prox_momentum", "each step", [4.0; 2],
            "of the largest weight so far: difference, threshold, quotient and y's sum, 0.5 each; \
             momentum up to 0.5 carries half of an error on, and doubles them"),
        row("prox_momentum", "decay of each step", [1.0, 3.0],
            "of the largest weight so far: the denominator, as adam's factor, doubled by momentum"),
    ];

    fn usual() -> Self {
        with(reference::ProxSgd { l1: 0.1, ..PLAIN }, 0.9)
    }

    fn all() -> Vec<Self> {
        let momenta = [0.9, 0.3, 1.0, 0.99, 0.5];
        prox_sgd::ALL
            .into_iter()
            .zip(momenta)
            .map(|(prox, momentum)| with(prox, momentum))
            .collect()
    }

    fn draw(number: &mut dyn FnMut() -> f64, _: u64) -> Self {
        with(drawn(number), number())
    }

    fn fits(self) -> bool {
        let reference::ProxMomentum { prox, momentum } = self.formula;
        fit::<E>(prox) && strengths([momentum]) && holds::<E>(&[momentum])
    }

    fn slow(self, _: u64) -> Self {
        let reference::ProxMomentum { prox, momentum } = self.formula;
        with(reference::ProxSgd { learning_rate: 1e-3, ..prox }, momentum.min(0.5))
    }

    fn decays(self) -> bool {
        self.formula.prox.l2 != 0.0
    }
}
