//! RMSprop, with every number of slices.

use super::UpdateEntry;
use super::update::{gradient, holds, holds_eps, moved, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::adaptive::{self as reference, Averages};
use crate::reference::{Double, ulp};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::update::{self, Tensor, Update};
use gradstep::{Error, Execution};

/// [`update::RmsProp`].
#[derive(Clone, Copy, Debug)]
pub struct RmsProp {
    /// Its options.
    pub formula: reference::RmsProp,
}

const PLAIN: reference::RmsProp = reference::RmsProp {
    learning_rate: 0.01,
    alpha: 0.99,
    eps: 1e-8,
    momentum: 0.0,
    centered: false,
    weight_decay: 0.0,
    maximize: false,
    grad_scale: 1.0,
};

/// The averages in the slices that there are: squares, then mean, then buffer.
fn slices<T: Copy, const N: usize>(centered: bool, [v, mean, buffer]: [T; 3]) -> [T; N] {
    let rest = if centered { [mean, buffer] } else { [buffer, mean] };
    std::array::from_fn(|i| [v, rest[0], rest[1]][i])
}

impl<E: Number, const N: usize> Stepper<E, N> for RmsProp
where
    ops::RmsProp<E>: Update<E, N>,
{
    type Update = update::RmsProp;

    const STATES: [(f64, f64); N] = {
        let mut all = [(-0.5, 0.5); N];
        all[0] = (1.0, 4.0);
        all
    };

    fn update(self, execution: Execution) -> Result<update::RmsProp, Error> {
        let reference::RmsProp { learning_rate, maximize, centered, .. } = self.formula;
        let update = update::RmsProp::new(learning_rate)?
            .alpha(self.formula.alpha)?
            .eps(self.formula.eps)?
            .momentum(self.formula.momentum)?
            .weight_decay(self.formula.weight_decay)?
            .grad_scale(self.formula.grad_scale)?;
        let update = if centered { update.centered() } else { update };
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::RmsProp, tensor: Tensor<'_, E, N>) -> Result<(), Error> {
        let Tensor { w, g, state } = tensor;
        update.step(w, g, state)
    }

    fn step_many(
        self,
        update: &update::RmsProp,
        tensors: &mut [Tensor<'_, E, N>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }

    fn admit(self, state: &mut [E]) {
        positive(&mut state[0]);
    }
}

impl<E: Number, const N: usize> ReferencedUpdate<E, N> for RmsProp
where
    ops::RmsProp<E>: Update<E, N>,
{
    const NAME: &'static str = "rms_prop";
    const STATE: [&'static str; N] = <ops::RmsProp<E> as Update<E, N>>::STATE;

    fn exact(self, w: Double, g: Double, state: [Double; N]) -> Option<Stepped<N>> {
        let reference::RmsProp { centered, momentum, learning_rate, .. } = self.formula;
        let at = |i: usize| state.get(i).copied().unwrap_or(Double::ZERO);
        let (v, mean, buffer) = match centered {
            true => (at(0), at(1), at(2)),
            false => (at(0), Double::ZERO, at(1)),
        };
        let (value, next) = self.formula.step(w, g, Averages { v, mean, buffer });
        let rest = 1.0 - Double::from(self.formula.alpha);
        let h = gradient::<E>([w, g], self.formula.grad_scale, self.formula.weight_decay);
        let v_terms = self.formula.alpha * v + rest * h * h;
        let mean_terms = mean.abs() + rest * (h + mean.abs());
        let spread = self.formula.spread(next);
        let under = v_terms + if centered { mean_terms * mean_terms } else { Double::ZERO };
        // Less than its error: the root may be that of anything smaller.
        let unit = ulp::unit(under, E::FORMAT);
        if centered && spread.is_finite() && spread < 64.0 * unit {
            return None;
        }
        let denominator = spread.sqrt() + self.formula.eps;
        let cancelled = if spread.is_zero() { Double::ONE } else { under / spread };
        let cancelled = if cancelled.is_finite() { cancelled } else { Double::ONE };
        let ratio = h / denominator * moved(h, denominator) * cancelled.max(Double::ONE);
        let summed = momentum * buffer.abs() + ratio;
        let step = learning_rate * summed;
        let all = [[next.v, v_terms], [next.mean, mean_terms], [next.buffer, summed]];
        Some(Stepped {
            w: [value, w.abs() + step],
            state: slices(centered, all),
            terms: vec![h, h * h, mean_terms * mean_terms, ratio, summed, step, v_terms],
        })
    }
}

impl<E: Number, const N: usize> UpdateEntry<E, N> for RmsProp
where
    ops::RmsProp<E>: Update<E, N>,
{
    const LARGE: usize = 500_003;
    const BITS: [u64; 2] = match N {
        1 => [0xff40_dd77_e17c_b103, 0x1df3_4ec9_6cb6_26f3],
        2 => [0x4eb8_7ef3_ed4b_3ff3, 0x86d6_28b2_b0da_4808],
        _ => [0xbe2d_3a06_f471_52df, 0x1fbf_79d5_763f_2e5e],
    };
    /// One table for all numbers of slices.
    const TOLERANCES: &'static [Row] = if N == 1 { ROWS } else { &[] };

    fn usual() -> Self {
        let formula = reference::RmsProp {
            learning_rate: 0.1,
            weight_decay: 0.01,
            momentum: if N == 3 { 0.9 } else { 0.0 },
            centered: N > 1,
            ..PLAIN
        };
        RmsProp { formula }
    }

    fn all() -> Vec<Self> {
        let decay = reference::RmsProp { weight_decay: 0.3, ..PLAIN };
        let formulas = [
            PLAIN,
            reference::RmsProp { maximize: true, eps: 0.1, ..decay },
            reference::RmsProp { grad_scale: -0.3, alpha: 0.5, learning_rate: 3.0, ..PLAIN },
        ];
        let with = |formula: reference::RmsProp| match N {
            1 => vec![formula],
            2 => vec![
                reference::RmsProp { centered: true, ..formula },
                reference::RmsProp { momentum: 0.9, ..formula },
            ],
            _ => vec![reference::RmsProp { centered: true, momentum: 0.5, ..formula }],
        };
        formulas.into_iter().flat_map(with).map(|formula| RmsProp { formula }).collect()
    }

    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self {
        let share = number();
        let formula = reference::RmsProp {
            learning_rate: number(),
            alpha: if share > 1.0 { 1.0 / share } else { share },
            eps: number(),
            momentum: if N == 3 || (N == 2 && t.is_multiple_of(2)) { number() } else { 0.0 },
            centered: N == 3 || (N == 2 && !t.is_multiple_of(2)),
            weight_decay: number(),
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        RmsProp { formula }
    }

    fn fits(self) -> bool {
        let reference::RmsProp { learning_rate, alpha, eps, momentum, .. } = self.formula;
        let reference::RmsProp { weight_decay, grad_scale, centered, .. } = self.formula;
        strengths([learning_rate, eps, momentum, weight_decay])
            && N == 1 + usize::from(centered) + usize::from(momentum != 0.0)
            && (0.0..1.0).contains(&alpha)
            && grad_scale.is_finite()
            && holds::<E>(&[learning_rate, momentum, weight_decay, grad_scale])
            && holds_eps::<E>(eps, 1.0)
    }

    fn slow(self, _: u64) -> Self {
        // Momentum makes ten steps of one, and a variance may be a hundredth of the squares.
        let longer = |is: bool| if is { 10.0 } else { 1.0 };
        let (momentum, centered) = (longer(self.formula.momentum > 0.0), self.formula.centered);
        let learning_rate = 1e-3 / momentum / longer(centered);
        let alpha = if centered { 0.99 } else { self.formula.alpha };
        RmsProp { formula: reference::RmsProp { learning_rate, alpha, ..self.formula } }
    }
}

/// How far results may be off, and what roundings add up to it.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("rms_prop", "w", [30.5; 2],
        "of the sum of the terms' magnitudes, times how much the squares are larger than their \
         difference: grad_scale, product, decay added; half of 10 of v, of 14 of the mean's \
         square and of the difference, root, sum; quotient; momentum, product, sum; rate, \
         product, difference"),
    row("rms_prop", "v", [9.5; 2],
        "as adam"),
    row("rms_prop", "mean", [6.5; 2],
        "as adam's m"),
    row("rms_prop", "buffer", [27.5; 2],
        "as w without the last three"),
    row("rms_prop", "mean or buffer", [27.5; 2],
        "as buffer"),
    row("rms_prop", "each step", [0.6; 2],
        "as adam"),
];
