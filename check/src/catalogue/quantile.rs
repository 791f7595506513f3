//! Quantile loss.

use super::{LossEntry, of_difference};
use crate::laws::pointwise::{Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference::pointwise as reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Quantile`].
#[derive(Clone, Copy, Debug)]
pub struct Quantile<E> {
    /// The share of the targets below.
    pub quantile: E,
}

impl<E: Number> PointwiseLoss<E> for Quantile<E> {
    type Formula = ops::Quantile<E>;

    fn loss<'w>(self) -> Loss<'w, E, ops::Quantile<E>> {
        loss::Quantile::new(self.quantile.to_f64()).expect("the quantile is accepted")
    }

    fn kinks(self) -> Vec<E> {
        vec![E::ZERO]
    }
}

impl<E: Number> ReferencedLoss<E> for Quantile<E> {
    const NAME: &'static str = "quantile";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        let q = self.quantile.to_f64();
        of_difference("quantile", prediction, target, |p, t| reference::quantile(p, t, q))
    }
}

impl<E: Number> LossEntry<E> for Quantile<E> {
    const LARGE: usize = 1200003;
    const BITS: [u64; 2] = [0x5928_001f_6eb6_aaad, 0x3243_4ede_3703_62aa];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("quantile", "value", [2.5; 2],
            "the difference, 1 - q, their product"),
        row("quantile", "derivative", [0.5; 2],
            "1 - q"),
    ];

    fn usual() -> Self {
        Quantile { quantile: E::from_f64(0.75) }
    }

    fn all() -> Vec<Self> {
        [0.75, 0.5, 0.1, 0.999].map(|q| Quantile { quantile: E::from_f64(q) }).into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let quantile = number();
        let accepted = quantile > E::ZERO && quantile < E::ONE;
        assert_eq!(
            loss::Quantile::<E>::new(quantile.to_f64()).is_ok(),
            accepted,
            "quantile {quantile:?}"
        );
        accepted.then_some(Quantile { quantile })
    }
}
