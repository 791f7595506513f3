//! AdamW with an L1 penalty.

use super::UpdateEntry;
use super::adam::{PLAIN, Terms, drawn, fit};
use super::update::{holds, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::Double;
use crate::reference::update::{self as reference, Moments};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::ProxAdamW`] at step `t`.
#[derive(Clone, Copy, Debug)]
pub struct ProxAdamW {
    /// Its options.
    pub formula: reference::ProxAdamW,
    /// The step.
    pub t: u64,
}

const fn of(t: u64, adam: reference::Adam, l1: f64, isotropic: bool) -> ProxAdamW {
    let adam = reference::Adam { decoupled: true, ..adam };
    ProxAdamW { formula: reference::ProxAdamW { adam, l1, isotropic }, t }
}

impl<E: Number> Stepper<E, 2> for ProxAdamW {
    type Update = update::ProxAdamW;

    const STATES: [(f64, f64); 2] = [(-4.0, 4.0), (0.0, 4.0)];

    fn update(self, execution: Execution) -> Result<update::ProxAdamW, Error> {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let update = update::ProxAdamW::new(adam.learning_rate)?
            .betas(adam.beta1, adam.beta2)?
            .eps(adam.eps)?
            .weight_decay(adam.weight_decay)?
            .grad_scale(adam.grad_scale)?
            .l1(l1)?;
        let update = if isotropic { update.isotropic() } else { update };
        Ok(if adam.maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::ProxAdamW, tensor: Tensor<'_, E, 2>) -> Result<(), Error> {
        let Tensor { w, g, state: [m, v] } = tensor;
        update.step(w, g, m, v, self.t)
    }

    fn step_many(
        self,
        update: &update::ProxAdamW,
        tensors: &mut [Tensor<'_, E, 2>],
    ) -> Result<(), Error> {
        update.step_many(tensors, self.t)
    }

    fn admit(self, state: &mut [E]) {
        positive(&mut state[1]);
    }
}

impl<E: Number> ReferencedUpdate<E, 2> for ProxAdamW {
    const NAME: &'static str = "prox_adam_w";
    const STATE: [&'static str; 2] = ["m", "v"];

    fn exact(self, w: Double, g: Double, [m, v]: [Double; 2]) -> Option<Stepped<2>> {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let (value, next) = self.formula.step(w, g, Moments { m, v, v_max: Double::ZERO }, self.t);
        let mut terms = Terms::of::<E>(&adam, [w, g, m, v], next, self.t);
        let eta = Double::from(adam.learning_rate);
        let scale = if isotropic { eta } else { eta / terms.denominator };
        let threshold = scale * l1;
        terms.all.extend([scale, threshold]);
        Some(Stepped {
            w: [value, terms.kept + terms.step + threshold],
            state: [[next.m, terms.m], [next.v, terms.v]],
            terms: terms.all,
        })
    }
}

impl<E: Number> UpdateEntry<E, 2> for ProxAdamW {
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x352a_e5ff_4509_463e, 0x6c1a_c1dc_7f87_23a2];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("prox_adam_w", "w", [20.5, 24.5],
            "of the sum of the terms' magnitudes: 7 of m, correction, product; 7 of the denominator, \
             step size, quotient; product, difference, threshold subtracted; f64 derives correction \
             and step size with 2 more each"),
        row("prox_adam_w", "m", [6.5; 2],
            "as adam"),
        row("prox_adam_w", "v", [9.5; 2],
            "as adam"),
        row("prox_adam_w", "each step", [1.1; 2],
            "as adam, and the difference of the threshold"),
        row("prox_adam_w", "decay of each step", [0.5, 1.5],
            "as adam"),
    ];

    fn usual() -> Self {
        let adam = reference::Adam { learning_rate: 0.1, weight_decay: 0.01, ..PLAIN };
        of(10, adam, 0.1, false)
    }

    fn all() -> Vec<Self> {
        let decay = reference::Adam { weight_decay: 0.3, ..PLAIN };
        let short = reference::Adam { beta1: 0.0, beta2: 0.5, eps: 0.1, ..decay };
        let steep = reference::Adam { grad_scale: -0.3, learning_rate: 3.0, ..decay };
        vec![
            of(1, PLAIN, 0.0, false),
            of(1, PLAIN, 0.5, false),
            of(2, PLAIN, 0.5, true),
            of(1000, reference::Adam { maximize: true, ..decay }, 0.01, false),
            of(1 << 40, steep, 0.7, true),
            of(3, short, 0.1, false),
        ]
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        of(t, drawn(number, true), number(), number() > 1.0)
    }

    fn fits(self) -> bool {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        fit::<E>(&adam, self.t).is_some_and(|(_, second)| {
            let [step, eps] = [adam.learning_rate, adam.eps].map(|x| E::from_f64(x * second));
            strengths([l1])
                && step.finite()
                && (eps == E::ZERO || (step / eps).finite())
                && (isotropic || holds::<E>(&[l1]))
        })
    }

    fn slow(self, t: u64) -> Self {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        of(t, reference::Adam { learning_rate: 1e-3, ..adam }, l1, isotropic)
    }

    fn decays(self) -> bool {
        self.formula.adam.weight_decay != 0.0
    }
}
