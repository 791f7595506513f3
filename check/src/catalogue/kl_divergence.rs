//! Kullback-Leibler divergence.

use super::{LossEntry, count, of_term};
use crate::laws::pointwise::{Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::KlDivergence`].
#[derive(Clone, Copy, Debug)]
pub struct KlDivergence;

impl<E: Number> PointwiseLoss<E> for KlDivergence {
    type Formula = ops::KlDivergence;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::KlDivergence> {
        loss::KlDivergence::new()
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        (x, count(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-9.0, 0.0), random.ordinary(0.0, 1.0))
    }
}

impl<E: Number> ReferencedLoss<E> for KlDivergence {
    const NAME: &'static str = "kl_divergence";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        if y < E::ZERO || y == E::INFINITY {
            return None;
        }
        let (value, derivative) = reference::kl_divergence(x.to_f64(), y.to_f64());
        let target = Double::from(y.to_f64());
        let largest = target.ln().abs().max(Double::from(x.to_f64().abs()));
        let largest = if y == E::ZERO { Double::ZERO } else { target * largest };
        let value = of_term::<E>("kl_divergence", "value", value, largest);
        Some([value, of_term::<E>("kl_divergence", "derivative", derivative, derivative)])
    }
}

impl<E: Number> LossEntry<E> for KlDivergence {
    const LARGE: usize = 300003;
    const BITS: [u64; 2] = [0x0216_c994_cef3_5ca0, 0xdbc5_aebb_64b2_c3fb];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("kl_divergence", "value", [3.0; 2],
            "of the larger term: logarithm (1 ULP), difference, which may be twice that, product"),
        row("kl_divergence", "derivative", [0.0; 2],
            "exact"),
    ];

    fn usual() -> Self {
        KlDivergence
    }

    fn all() -> Vec<Self> {
        vec![KlDivergence]
    }
}
