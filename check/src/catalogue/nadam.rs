//! NAdam.

use super::UpdateEntry;
use super::update::{drawn_shares, gradient, holds, holds_eps, moved, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::update::power;
use crate::reference::{Double, adaptive as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops::Betas;
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::Nadam`] at step `t`.
#[derive(Clone, Copy, Debug)]
pub struct Nadam {
    /// Its options.
    pub formula: reference::Nadam,
    /// The step.
    pub t: u64,
}

const PLAIN: reference::Nadam = reference::Nadam {
    learning_rate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    momentum_decay: 0.004,
    eps: 1e-8,
    weight_decay: 0.0,
    decoupled: false,
    maximize: false,
    grad_scale: 1.0,
};

impl<E: Number> Stepper<E, 2> for Nadam {
    type Update = update::Nadam;

    const STATES: [(f64, f64); 2] = [(-4.0, 4.0), (0.0, 4.0)];

    fn update(self, execution: Execution) -> Result<update::Nadam, Error> {
        let reference::Nadam { learning_rate, maximize, decoupled, .. } = self.formula;
        let update = update::Nadam::new(learning_rate)?
            .betas(self.formula.beta1, self.formula.beta2)?
            .momentum_decay(self.formula.momentum_decay)?
            .eps(self.formula.eps)?
            .weight_decay(self.formula.weight_decay)?
            .grad_scale(self.formula.grad_scale)?;
        let update = if decoupled { update.decoupled() } else { update };
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::Nadam, tensor: Tensor<'_, E, 2>) -> Result<(), Error> {
        let Tensor { w, g, state: [m, v] } = tensor;
        update.step(w, g, m, v, self.t)
    }

    fn step_many(
        self,
        update: &update::Nadam,
        tensors: &mut [Tensor<'_, E, 2>],
    ) -> Result<(), Error> {
        update.step_many(tensors, self.t)
    }

    fn admit(self, state: &mut [E]) {
        positive(&mut state[1]);
    }
}

impl<E: Number> ReferencedUpdate<E, 2> for Nadam {
    const NAME: &'static str = "nadam";
    const STATE: [&'static str; 2] = ["m", "v"];

    fn exact(self, w: Double, g: Double, [m, v]: [Double; 2]) -> Option<Stepped<2>> {
        let reference::Nadam { learning_rate, eps, weight_decay, decoupled, .. } = self.formula;
        let (value, [next_m, next_v]) = self.formula.step(w, g, [m, v], self.t);
        let share = |beta: f64| 1.0 - Double::from(beta);
        let (coupled, decay) = if decoupled { (0.0, weight_decay) } else { (weight_decay, 0.0) };
        let h = gradient::<E>([w, g], self.formula.grad_scale, coupled);
        let m_terms = m.abs() + share(self.formula.beta1) * (h + m.abs());
        let v_terms = self.formula.beta2 * v + share(self.formula.beta2) * h * h;
        let root = (1.0 - power(self.formula.beta2, self.t)).sqrt();
        let denominator = next_v.sqrt() / root + eps;
        let [ahead, behind] = self.formula.factors(self.t);
        let h_moves = share(self.formula.beta2).sqrt() * h / root;
        let ratio = (ahead * h + behind * m_terms) / denominator * moved(h_moves, denominator);
        let step = learning_rate * ratio;
        let kept = w.abs() * (1.0 + Double::from(learning_rate) * decay);
        Some(Stepped {
            w: [value, kept + step],
            state: [[next_m, m_terms], [next_v, v_terms]],
            terms: vec![h, h * h, m_terms, v_terms, ratio, ratio / root, step, kept],
        })
    }
}

impl<E: Number> UpdateEntry<E, 2> for Nadam {
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0xb219_48ae_2ac8_ce52, 0xa674_d165_0a95_56c0];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("nadam", "w", [19.5, 39.5],
            "of the sum of the terms' magnitudes: 7 of m, factor, product, gradient added; 7 of the \
             denominator, quotient, rate, product, difference; decay's factor and product are of \
             the other term and fewer; f64 derives the factors \
             with 20 more: two exponentials, two logarithms, the series, expm1, quotient, rate"),
        row("nadam", "m", [6.5; 2],
            "as adam"),
        row("nadam", "v", [9.5; 2],
            "as adam"),
        row("nadam", "each step", [0.6; 2],
            "as adam"),
        row("nadam", "decay of each step", [0.5, 1.5],
            "as adam"),
    ];

    fn usual() -> Self {
        let formula = reference::Nadam { learning_rate: 0.1, weight_decay: 0.01, ..PLAIN };
        Nadam { formula, t: 3 }
    }

    fn all() -> Vec<Self> {
        let decay = reference::Nadam { weight_decay: 0.3, ..PLAIN };
        let decoupled = reference::Nadam { decoupled: true, ..decay };
        let high = reference::Nadam { beta1: 0.999, momentum_decay: 0.1, ..decay };
        let still = reference::Nadam { beta1: 0.5, beta2: 0.5, momentum_decay: 0.0, ..PLAIN };
        vec![
            Nadam { formula: PLAIN, t: 1 },
            Nadam { formula: reference::Nadam { maximize: true, ..decay }, t: 2 },
            Nadam { formula: reference::Nadam { grad_scale: -0.3, ..decoupled }, t: 30 },
            Nadam { formula: reference::Nadam { learning_rate: 3.0, eps: 0.1, ..high }, t: 300 },
            Nadam { formula: reference::Nadam { beta1: 0.0, ..decoupled }, t: 1 << 40 },
            Nadam { formula: still, t: 5 },
        ]
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        let [beta1, beta2] = drawn_shares(number);
        let formula = reference::Nadam {
            learning_rate: number(),
            beta1,
            beta2,
            momentum_decay: number(),
            eps: number(),
            weight_decay: number(),
            decoupled: number() > 1.0,
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        Nadam { formula, t }
    }

    fn fits(self) -> bool {
        let reference::Nadam { learning_rate, beta1, beta2, momentum_decay, .. } = self.formula;
        let reference::Nadam { eps, weight_decay, decoupled, grad_scale, .. } = self.formula;
        let accepted = strengths([learning_rate, momentum_decay, eps, weight_decay])
            && [beta1, beta2].into_iter().all(|beta| (0.0..1.0).contains(&beta))
            && self.t > 0
            && grad_scale.is_finite();
        if !accepted {
            return false;
        }
        let (_, second) = Betas::new(beta1, beta2).corrections(self.t);
        let rate = learning_rate * second;
        let decay = if decoupled { 1.0 - learning_rate * weight_decay } else { weight_decay };
        holds::<E>(&[rate, decay, grad_scale]) && holds_eps::<E>(eps, second)
    }

    fn slow(self, t: u64) -> Self {
        Nadam { formula: reference::Nadam { learning_rate: 1e-3, ..self.formula }, t }
    }

    fn decays(self) -> bool {
        self.formula.decoupled
    }
}
