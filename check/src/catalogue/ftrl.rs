//! FTRL-proximal.

use super::UpdateEntry;
use super::update::{gradient, holds, positive, strengths};
use crate::laws::update::{ReferencedUpdate, Stepped, Stepper};
use crate::numbers::Number;
use crate::reference::{Double, adaptive as reference};
use crate::tolerance::{Row, row};
use gradstep::update::{self, Tensor};
use gradstep::{Error, Execution};

/// [`update::Ftrl`].
#[derive(Clone, Copy, Debug)]
pub struct Ftrl {
    /// Its options.
    pub formula: reference::Ftrl,
}

const PLAIN: reference::Ftrl = reference::Ftrl {
    learning_rate: 0.1,
    beta: 1.0,
    l1: 0.0,
    l2: 0.0,
    maximize: false,
    grad_scale: 1.0,
};

impl<E: Number> Stepper<E, 2> for Ftrl {
    type Update = update::Ftrl;

    const STATES: [(f64, f64); 2] = [(-8.0, 8.0), (0.0, 6.0)];

    fn update(self, execution: Execution) -> Result<update::Ftrl, Error> {
        let reference::Ftrl { learning_rate, beta, l1, l2, maximize, grad_scale } = self.formula;
        let update = update::Ftrl::new(learning_rate)?.beta(beta)?.l1(l1)?.l2(l2)?;
        let update = update.grad_scale(grad_scale)?;
        Ok(if maximize { update.maximize() } else { update }.execution(execution))
    }

    fn step(self, update: &update::Ftrl, tensor: Tensor<'_, E, 2>) -> Result<(), Error> {
        let Tensor { w, g, state: [z, n] } = tensor;
        update.step(w, g, z, n)
    }

    fn step_many(
        self,
        update: &update::Ftrl,
        tensors: &mut [Tensor<'_, E, 2>],
    ) -> Result<(), Error> {
        update.step_many(tensors)
    }

    fn admit(self, state: &mut [E]) {
        positive(&mut state[1]);
    }
}

impl<E: Number> ReferencedUpdate<E, 2> for Ftrl {
    const NAME: &'static str = "ftrl";
    const STATE: [&'static str; 2] = ["z", "n"];

    fn exact(self, w: Double, g: Double, [z, n]: [Double; 2]) -> Option<Stepped<2>> {
        let reference::Ftrl { learning_rate, l1, grad_scale, .. } = self.formula;
        // A difference of roots that rounds to 0 makes NaN of an infinite weight.
        if !w.is_finite() && !w.is_nan() {
            return None;
        }
        let (value, [next_z, next_n]) = self.formula.step(w, g, [z, n]);
        let h = gradient::<E>([w, g], grad_scale, 0.0);
        let n_terms = n + h * h;
        // What the root of a sum is off by that underflow has made wrong, and in ULPs of what.
        let lost = Double::from(E::from_bits(2).to_f64()).sqrt();
        let unit = 2f64.powi(-E::FORMAT.precision());
        let roots = (n_terms.sqrt() + n.sqrt() + lost / unit) / learning_rate;
        let z_terms = z.abs() + h + roots * w.abs();
        let denominator = self.formula.denominator(next_n);
        if !denominator.is_zero() && lost / learning_rate > denominator * unit {
            return None;
        }
        let w_terms = (z_terms + l1) / denominator;
        Some(Stepped {
            w: [value, w_terms],
            state: [[next_z, z_terms], [next_n, n_terms]],
            terms: vec![h, n_terms, roots, z_terms + l1, denominator, w_terms],
        })
    }
}

impl<E: Number> UpdateEntry<E, 2> for Ftrl {
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x1f0b_dce9_2cb4_0fd4, 0x14a7_8d4f_488a_3a84];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("ftrl", "w", [20.5, 23.5],
            "of the sum of the terms' magnitudes over the denominator: 10 of z, threshold, \
             difference; 8 of the denominator (half of 6 of n, root, beta, sum, inverse, product, \
             l2, sum), quotient; f64 derives the inverse with one more, twice"),
        row("ftrl", "z", [9.5, 10.5],
            "of the sum of the terms' magnitudes: half of 6 of n, root, difference, inverse, \
             product, product, difference, sum; f64 derives the inverse with one more"),
        row("ftrl", "n", [5.5; 2],
            "of the sum of the terms' magnitudes: grad_scale, product, both twice; product, sum"),
        row("ftrl", "each step", [2.0; 2],
            "of the largest weight so far: a weight is computed anew at each step, with 21; the sum \
             of z rounds at each step, over a denominator that grows; 21 and 300 halves are below \
             600"),
    ];

    fn usual() -> Self {
        Ftrl { formula: reference::Ftrl { l1: 1.0, l2: 0.5, ..PLAIN } }
    }

    fn all() -> Vec<Self> {
        let lasso = reference::Ftrl { l1: 2.0, ..PLAIN };
        let both = reference::Ftrl { l2: 0.3, learning_rate: 3.0, ..lasso };
        [
            PLAIN,
            reference::Ftrl { maximize: true, ..lasso },
            reference::Ftrl { grad_scale: -0.3, ..both },
            reference::Ftrl { beta: 0.0, l1: 0.1, ..PLAIN },
        ]
        .map(|formula| Ftrl { formula })
        .into()
    }

    fn draw(number: &mut dyn FnMut() -> f64, _: u64) -> Self {
        let formula = reference::Ftrl {
            learning_rate: number(),
            beta: number(),
            l1: number(),
            l2: number(),
            maximize: number() > 1.0,
            grad_scale: number(),
        };
        Ftrl { formula }
    }

    fn fits(self) -> bool {
        let reference::Ftrl { learning_rate, beta, l1, l2, grad_scale, .. } = self.formula;
        strengths([learning_rate, beta, l1, l2])
            && learning_rate > 0.0
            && grad_scale.is_finite()
            && holds::<E>(&[1.0 / learning_rate, beta, l1, l2, grad_scale])
    }

    fn slow(self, _: u64) -> Self {
        Ftrl { formula: reference::Ftrl { learning_rate: 0.1, ..self.formula } }
    }
}
