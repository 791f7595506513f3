//! Squared hinge.

use super::{LossEntry, is_sign, sign, within};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random, around};
use crate::reference::pointwise as reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::SquaredHinge`].
#[derive(Clone, Copy, Debug)]
pub struct SquaredHinge;

impl<E: Number> PointwiseLoss<E> for SquaredHinge {
    type Formula = ops::SquaredHinge;

    fn loss<'w>(self) -> Loss<'w, E, ops::SquaredHinge> {
        loss::SquaredHinge::new()
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        (x, sign(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-4.0, 4.0), sign(random.ordinary(-1.0, 1.0)))
    }

    fn corners(self) -> Vec<(E, E)> {
        let ends = [E::ONE, -E::ONE];
        let near = |end| around(end, 4).flat_map(move |x| ends.map(|y| (x, y)));
        ends.into_iter().flat_map(near).collect()
    }
}

impl<E: Number> ReferencedLoss<E> for SquaredHinge {
    const NAME: &'static str = "squared_hinge";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        is_sign(y)
            .then(|| within::<E>("squared_hinge", reference::squared_hinge(x.to_f64(), y.to_f64())))
    }
}

impl<E: Number> CurvedLoss<E> for SquaredHinge {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        // A product with a label is exact.
        let margin = x.to_f64() * y.to_f64();
        let second = if margin < 1.0 { 2.0 } else { 0.0 };
        let second = if margin.is_nan() { margin } else { second };
        is_sign(y).then(|| Exact::new(second.into(), 0.0))
    }
}

impl<E: Number> LossEntry<E> for SquaredHinge {
    const LARGE: usize = 1200003;
    const BITS: [u64; 2] = [0x8fbf_a9a2_2865_4a8d, 0xfc36_ba34_9440_b06b];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("squared_hinge", "value", [2.0; 2],
            "what the margin lacks counts twice, 2^(1/2) ULP of a square below 2; and the square's 1/2"),
        row("squared_hinge", "derivative", [0.5; 2],
            "what the margin lacks, doubled"),
    ];

    fn usual() -> Self {
        SquaredHinge
    }

    fn all() -> Vec<Self> {
        vec![SquaredHinge]
    }
}
