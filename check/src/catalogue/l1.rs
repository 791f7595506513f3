//! Absolute error.

use super::{LossEntry, of_difference};
use crate::laws::pointwise::{Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::L1`].
#[derive(Clone, Copy, Debug)]
pub struct L1;

impl<E: Number> PointwiseLoss<E> for L1 {
    type Formula = ops::L1;

    fn loss<'w>(self) -> Loss<'w, E, ops::L1> {
        loss::L1::new()
    }

    fn kinks(self) -> Vec<E> {
        vec![E::from_f64(0.0)]
    }
}

impl<E: Number> ReferencedLoss<E> for L1 {
    const NAME: &'static str = "l1";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        of_difference("l1", prediction, target, reference::pointwise::l1)
    }
}

impl<E: Number> LossEntry<E> for L1 {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0x5242f44977571783, 0xee9f9c819e9cc484];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("l1", "value", [0.5; 2],
            "one difference"),
        row("l1", "derivative", [0.0; 2],
            "a sign"),
    ];

    fn usual() -> Self {
        L1
    }

    fn all() -> Vec<Self> {
        vec![L1]
    }
}
