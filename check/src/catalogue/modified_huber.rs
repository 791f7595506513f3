//! Modified Huber.

use super::{LossEntry, is_sign, sign, within};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random, around};
use crate::reference::pointwise as reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::ModifiedHuber`].
#[derive(Clone, Copy, Debug)]
pub struct ModifiedHuber;

impl<E: Number> PointwiseLoss<E> for ModifiedHuber {
    type Formula = ops::ModifiedHuber;

    fn loss<'w>(self) -> Loss<'w, E, ops::ModifiedHuber> {
        loss::ModifiedHuber::new()
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

impl<E: Number> ReferencedLoss<E> for ModifiedHuber {
    const NAME: &'static str = "modified_huber";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        is_sign(y).then(|| {
            within::<E>("modified_huber", reference::modified_huber(x.to_f64(), y.to_f64()))
        })
    }
}

impl<E: Number> CurvedLoss<E> for ModifiedHuber {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        // A product with a label is exact.
        let margin = x.to_f64() * y.to_f64();
        let second = if margin < 1.0 && margin > -1.0 { 2.0 } else { 0.0 };
        let second = if margin.is_nan() { margin } else { second };
        is_sign(y).then(|| Exact::new(second.into(), 0.0))
    }
}

impl<E: Number> LossEntry<E> for ModifiedHuber {
    const LARGE: usize = 1200003;
    const BITS: [u64; 2] = [0xd6c9_8081_5bb4_8c71, 0xaf8a_bed7_5565_2d0e];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("modified_huber", "value", [2.5; 2],
            "on the curve as the squared hinge; on the line what the margin lacks, twice where it is twice the margin, and the difference"),
        row("modified_huber", "derivative", [0.5; 2],
            "what the margin lacks, doubled"),
    ];

    fn usual() -> Self {
        ModifiedHuber
    }

    fn all() -> Vec<Self> {
        vec![ModifiedHuber]
    }
}
