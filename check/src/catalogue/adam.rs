//! Adam and AdamW, both with AMSGrad too.

use super::UpdateEntry;
use super::update::{drawn_shares, holds, holds_eps, moved, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::Double;
use crate::reference::update::{self as reference, Moments, power};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops::{self, Betas};
use gradstep::update::{self, Tensor, Update};
use gradstep::{Error, Execution};

/// [`update::Adam`] or [`update::AdamW`] at step `t`; of three slices it is AMSGrad.
#[derive(Clone, Copy, Debug)]
pub struct AdamWith<const DECOUPLED: bool> {
    /// Its options.
    pub formula: reference::Adam,
    /// The step.
    pub t: u64,
}

/// [`update::Adam`] at step `t`.
pub type Adam = AdamWith<false>;

/// [`update::AdamW`] at step `t`.
pub type AdamW = AdamWith<true>;

pub(super) const PLAIN: reference::Adam =
    reference::Adam { learning_rate: 0.01, ..reference::Adam::PLAIN };

macro_rules! stepper {
    ($update:ident [$n:literal] $step:ident($($state:ident)*) $step_many:ident) => {
        impl<E: Number> Stepper<E, $n> for $update {
            type Update = update::$update;

            const STATES: [(f64, f64); $n] = {
                let mut all = [(0.0, 4.0); $n];
                all[0] = (-4.0, 4.0);
                all
            };

            fn update(self, execution: Execution) -> Result<update::$update, Error> {
                let reference::Adam { learning_rate, beta1, beta2, maximize, .. } = self.formula;
                let update = update::$update::new(learning_rate)?
                    .betas(beta1, beta2)?
                    .eps(self.formula.eps)?
                    .weight_decay(self.formula.weight_decay)?
                    .grad_scale(self.formula.grad_scale)?;
                Ok(if maximize { update.maximize() } else { update }.execution(execution))
            }

            fn step(
                self,
                update: &update::$update,
                tensor: Tensor<'_, E, $n>,
            ) -> Result<(), Error> {
                let Tensor { w, g, state: [$($state),*] } = tensor;
                update.$step(w, g, $($state,)* self.t)
            }

            fn step_many(
                self,
                update: &update::$update,
                tensors: &mut [Tensor<'_, E, $n>],
            ) -> Result<(), Error> {
                update.$step_many(tensors, self.t)
            }

            fn admit(self, state: &mut [E]) {
                state[1..].iter_mut().for_each(positive);
            }
        }
    };
}
stepper!(Adam [2] step(m v) step_many);
stepper!(Adam [3] step_amsgrad(m v v_max) step_many_amsgrad);
stepper!(AdamW [2] step(m v) step_many);
stepper!(AdamW [3] step_amsgrad(m v v_max) step_many_amsgrad);

/// What a step adds up, if every term had the same sign.
pub(super) struct Terms {
    pub(super) m: Double,
    pub(super) v: Double,
    /// `sqrt(v) / sqrt(1 - beta2^t) + eps`, as it is.
    pub(super) denominator: Double,
    /// What is subtracted from the weight.
    pub(super) step: Double,
    /// What is left of the weight.
    pub(super) kept: Double,
    /// All that is computed on the way.
    pub(super) all: Vec<Double>,
}

impl Terms {
    pub(super) fn of<E: Number>(
        formula: &reference::Adam,
        [w, g, m, v]: [Double; 4],
        next: Moments,
        t: u64,
    ) -> Self {
        let share = |beta: f64| 1.0 - Double::from(beta);
        let eta = Double::from(formula.learning_rate);
        let decay = formula.weight_decay;
        let (coupled, decay) = if formula.decoupled { (0.0, decay) } else { (decay, 0.0) };
        // Without decay nothing of an infinite weight is added.
        let added = if coupled == 0.0 { Double::ZERO } else { coupled * w.abs() };
        let h = (g * formula.grad_scale).abs() + added;
        let m = m.abs() + share(formula.beta1) * (h + m.abs());
        // Below the smallest normal number errors are no longer relative.
        let m = m.max(Double::from(E::MIN_POSITIVE.to_f64()));
        let v = formula.beta2 * v + share(formula.beta2) * h * h;
        let first = 1.0 - power(formula.beta1, t);
        let root = (1.0 - power(formula.beta2, t)).sqrt();
        let second = if formula.amsgrad { next.v_max } else { next.v };
        let denominator = second.sqrt() / root + formula.eps;
        // An error of the gradient moves the root by at most its share: that is more than the root
        // itself where decay and gradient cancel.
        let h_moves = share(formula.beta2).sqrt() * h / root;
        let ratio = m / denominator * moved(h_moves, denominator);
        let (step, kept) = (eta / first * ratio, w.abs() * (1.0 + eta * decay));
        let shares = [h, share(formula.beta2) * h, h * h, m, m / first, v, second];
        let all = [&shares[..], &[denominator, ratio, ratio / root, step, kept]].concat();
        Terms { m, v, denominator, step, kept, all }
    }
}

impl<E: Number, const DECOUPLED: bool, const N: usize> ReferencedUpdate<E, N>
    for AdamWith<DECOUPLED>
where
    Self: Stepper<E, N>,
    ops::Adam<E>: Update<E, N>,
{
    const NAME: &'static str = "adam";
    const STATE: [&'static str; N] = <ops::Adam<E> as Update<E, N>>::STATE;

    fn exact(self, w: Double, g: Double, state: [Double; N]) -> Option<Stepped<N>> {
        let [m, v, v_max] = std::array::from_fn(|i| state.get(i).copied().unwrap_or(Double::ZERO));
        let (value, next) = self.formula.step(w, g, Moments { m, v, v_max }, self.t);
        let terms = Terms::of::<E>(&self.formula, [w, g, m, v], next, self.t);
        let v_max = terms.v.max(v_max);
        let averages = [[next.m, terms.m], [next.v, terms.v], [next.v_max, v_max]];
        Some(Stepped {
            w: [value, terms.kept + terms.step],
            state: std::array::from_fn(|i| averages[i]),
            terms: terms.all,
        })
    }
}

/// Any shares of the past, refused ones too.
pub(super) fn drawn(number: &mut dyn FnMut() -> f64, decoupled: bool) -> reference::Adam {
    let [beta1, beta2] = drawn_shares(number);
    reference::Adam {
        learning_rate: number(),
        beta1,
        beta2,
        eps: number(),
        weight_decay: number(),
        decoupled,
        amsgrad: false,
        maximize: number() > 1.0,
        grad_scale: number(),
    }
}

/// Both corrections, if the options are accepted and the element type can hold what they share.
pub(super) fn fit<E: Number>(formula: &reference::Adam, t: u64) -> Option<(f64, f64)> {
    let reference::Adam { learning_rate, beta1, beta2, eps, weight_decay, .. } = *formula;
    let accepted = strengths([learning_rate, eps, weight_decay])
        && [beta1, beta2].into_iter().all(|beta| (0.0..1.0).contains(&beta))
        && formula.grad_scale.is_finite()
        && t > 0;
    if !accepted {
        return None;
    }
    let (first, second) = Betas::new(beta1, beta2).corrections(t);
    let keep = 1.0 - learning_rate * weight_decay;
    let decay = if formula.decoupled { keep } else { weight_decay };
    let held = holds::<E>(&[decay, formula.grad_scale]) && holds_eps::<E>(eps, second);
    held.then_some((first, second))
}

impl<E: Number, const DECOUPLED: bool, const N: usize> UpdateEntry<E, N> for AdamWith<DECOUPLED>
where
    Self: Stepper<E, N>,
    ops::Adam<E>: Update<E, N>,
{
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = match (DECOUPLED, N) {
        (false, 2) => [0xcc53_30ff_f029_3ded, 0x0813_a4a1_f442_45c4],
        (false, _) => [0x761e_d597_5b6c_d7d7, 0x4866_7a73_ec8b_28ca],
        (true, 2) => [0x0dbf_2c98_10fe_54ec, 0xbc54_bd5c_538e_7aaa],
        (true, _) => [0xd4ea_ca06_2f58_121c, 0x97ad_d8b2_118f_c208],
    };
    /// One table for both updates and for AMSGrad.
    const TOLERANCES: &'static [Row] = if N == 2 && !DECOUPLED { ROWS } else { &[] };

    /// So small a decay of gradients never stops the weights: where they rest, averages die out in
    /// subnormal numbers, and whoever measures repeated steps would measure those.
    fn usual() -> Self {
        let weight_decay = if DECOUPLED { 0.01 } else { 1e-12 };
        let (decoupled, amsgrad) = (DECOUPLED, N == 3);
        let formula =
            reference::Adam { learning_rate: 0.1, weight_decay, decoupled, amsgrad, ..PLAIN };
        AdamWith { formula, t: 10 }
    }

    fn all() -> Vec<Self> {
        let plain = reference::Adam { decoupled: DECOUPLED, amsgrad: N == 3, ..PLAIN };
        let decay = reference::Adam { weight_decay: 0.3, ..plain };
        let short = reference::Adam { beta1: 0.0, beta2: 0.5, ..decay };
        let long = reference::Adam { beta1: 0.99, beta2: 0.9, ..decay };
        let of = |t, formula| AdamWith { formula, t };
        vec![
            of(1, plain),
            of(2, reference::Adam { maximize: true, ..plain }),
            of(10, reference::Adam { grad_scale: 1.0 / 3.0, ..decay }),
            of(1000, reference::Adam { grad_scale: -0.3, ..decay }),
            of(1 << 40, reference::Adam { maximize: true, ..short }),
            of(3, reference::Adam { learning_rate: 3.0, eps: 0.1, ..long }),
        ]
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        let formula = reference::Adam { amsgrad: N == 3, ..drawn(number, DECOUPLED) };
        AdamWith { formula, t }
    }

    fn fits(self) -> bool {
        fit::<E>(&self.formula, self.t).is_some_and(|(first, second)| {
            holds::<E>(&[self.formula.learning_rate * second / first])
        })
    }

    fn slow(self, t: u64) -> Self {
        AdamWith { formula: reference::Adam { learning_rate: 1e-3, ..self.formula }, t }
    }

    fn decays(self) -> bool {
        DECOUPLED && self.formula.weight_decay != 0.0
    }
}

/// How far results may be off, and what roundings add up to it.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("adam", "w", [17.5, 22.5],
        "of the sum of the terms' magnitudes: 7 of m, 7 of the denominator (half of 10 of v, root, \
         sum), quotient, step size, product, difference; f64 derives the step size with 5 more: \
         logarithm, expm1, root, product, quotient"),
    row("adam", "m", [6.5; 2],
        "of the sum of the terms' magnitudes: grad_scale, product, decay added, difference, share, \
         product, sum"),
    row("adam", "v", [9.5; 2],
        "of the sum of the terms' magnitudes: grad_scale, product, decay added, all twice; share, \
         product, product, sum"),
    row("adam", "v_max", [9.5; 2],
        "as v, or as it was"),
    row("adam", "each step", [0.6; 2],
        "of the largest weight so far: the difference, 0.5; the rest is relative to a step of at \
         most 1 / 300 of that, and counts 0.06 (f64: 0.08)"),
    row("adam", "decay of each step", [0.5, 1.5],
        "of the largest weight so far: the factor of decoupled decay, rounded once; f64 derives \
         it with one rounding more"),
];
