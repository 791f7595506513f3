//! Squared error.

use super::{LossEntry, of_difference};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Mse`].
#[derive(Clone, Copy, Debug)]
pub struct Mse;

impl<E: Number> PointwiseLoss<E> for Mse {
    type Formula = ops::Mse;

    fn loss<'w>(self) -> Loss<'w, E, ops::Mse> {
        loss::Mse::new()
    }
}

impl<E: Number> ReferencedLoss<E> for Mse {
    const NAME: &'static str = "mse";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        of_difference("mse", prediction, target, reference::pointwise::mse)
    }
}

impl<E: Number> CurvedLoss<E> for Mse {
    fn exact_second(self, prediction: E, target: E) -> Option<Exact> {
        let d = prediction - target;
        Some(Exact::new(if d.is_nan() { f64::NAN } else { 2.0 }.into(), 0.0))
    }
}

impl<E: Number> LossEntry<E> for Mse {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0x07fd60eb257e398a, 0x63f30572c5c53a4a];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("mse", "value", [2.0; 2],
            "the difference counts twice: 2^(1/2) ULP of a square below 2; and the square's 1/2"),
        row("mse", "derivative", [0.5; 2],
            "one difference, exactly doubled"),
    ];

    fn usual() -> Self {
        Mse
    }

    fn all() -> Vec<Self> {
        vec![Mse]
    }
}
