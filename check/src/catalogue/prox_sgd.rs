//! Proximal gradient descent.

use super::UpdateEntry;
use super::update::{holds, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, update as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::ProxSgd`].
#[derive(Clone, Copy, Debug)]
pub struct ProxSgd {
    /// Its options.
    pub formula: reference::ProxSgd,
}

pub(super) const PLAIN: reference::ProxSgd =
    reference::ProxSgd { learning_rate: 0.1, l1: 0.0, l2: 0.0, grad_scale: 1.0 };

/// With penalties, and with none.
pub(super) const ALL: [reference::ProxSgd; 5] = [
    PLAIN,
    reference::ProxSgd { l1: 0.5, ..PLAIN },
    reference::ProxSgd { l2: 0.3, ..PLAIN },
    reference::ProxSgd { learning_rate: 1.0, l1: 0.7, l2: 3.0, grad_scale: -0.3 },
    reference::ProxSgd { learning_rate: 1e-3, l1: 1e-4, l2: 1e-5, grad_scale: 1.0 / 3.0 },
];

/// Any penalties, refused ones too.
pub(super) fn drawn(number: &mut dyn FnMut() -> f64) -> reference::ProxSgd {
    let (learning_rate, l1, l2) = (number(), number(), number());
    reference::ProxSgd { learning_rate, l1, l2, grad_scale: number() }
}

/// Whether they are accepted, and the element type can hold the constants.
pub(super) fn fit<E: Number>(formula: reference::ProxSgd) -> bool {
    let reference::ProxSgd { learning_rate, l1, l2, grad_scale } = formula;
    strengths([learning_rate, l1, l2])
        && grad_scale.is_finite()
        && holds::<E>(&[learning_rate, l1, 1.0 + learning_rate * l2, grad_scale])
}

/// What a step from `w` adds up, if every term had the same sign: scaled gradient, step, threshold
/// and, last, all of them.
pub(super) fn terms(formula: reference::ProxSgd, w: Double, g: Double) -> [Double; 4] {
    let eta = Double::from(formula.learning_rate);
    let scaled = (g * formula.grad_scale).abs();
    let (step, threshold) = (eta * scaled, eta * formula.l1);
    [scaled, step, threshold, (w.abs() + step + threshold) / (1.0 + eta * formula.l2)]
}

impl<E: Number> Stepper<E, 0> for ProxSgd {
    type Update = update::ProxSgd;

    const STATES: [(f64, f64); 0] = [];

    fn update(self, execution: Execution) -> Result<update::ProxSgd, Error> {
        let reference::ProxSgd { learning_rate, l1, l2, grad_scale } = self.formula;
        let update = update::ProxSgd::new(learning_rate)?.l1(l1)?.l2(l2)?;
        Ok(update.grad_scale(grad_scale)?.execution(execution))
    }

    fn step(self, update: &update::ProxSgd, tensor: Tensor<'_, E, 0>) -> Result<(), Error> {
        update.step(tensor.w, tensor.g)
    }

    fn step_many(
        self,
        update: &update::ProxSgd,
        tensors: &mut [Tensor<'_, E, 0>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }
}

impl<E: Number> ReferencedUpdate<E, 0> for ProxSgd {
    const NAME: &'static str = "prox_sgd";
    const STATE: [&'static str; 0] = [];

    fn exact(self, w: Double, g: Double, []: [Double; 0]) -> Option<Stepped<0>> {
        let terms = terms(self.formula, w, g);
        let w = [self.formula.step(w, g), terms[3]];
        Some(Stepped { w, state: [], terms: terms.into() })
    }
}

impl<E: Number> UpdateEntry<E, 0> for ProxSgd {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0xcd0d_3568_467a_70a3, 0xd149_4a90_2c8c_ae60];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("prox_sgd", "w", [7.5, 9.5],
            "of the sum of the terms' magnitudes: grad_scale, product, rate, product, difference, \
             threshold subtracted, inverse, product; f64 derives the inverse with two more"),
        row("prox_sgd", "each step", [1.6; 2],
            "of the largest weight so far: difference, threshold and product, 0.5 each; the rest \
             as adam"),
        row("prox_sgd", "decay of each step", [0.5, 1.5],
            "of the largest weight so far: the inverse, as adam's factor"),
    ];

    fn usual() -> Self {
        ProxSgd { formula: reference::ProxSgd { l1: 0.1, l2: 0.1, ..PLAIN } }
    }

    fn all() -> Vec<Self> {
        ALL.map(|formula| ProxSgd { formula }).into()
    }

    fn draw(number: &mut dyn FnMut() -> f64, _: u64) -> Self {
        ProxSgd { formula: drawn(number) }
    }

    fn fits(self) -> bool {
        fit::<E>(self.formula)
    }

    fn slow(self, _: u64) -> Self {
        ProxSgd { formula: reference::ProxSgd { learning_rate: 1e-3, ..self.formula } }
    }

    fn decays(self) -> bool {
        self.formula.l2 != 0.0
    }
}
