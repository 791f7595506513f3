//! Huber.

use super::{LossEntry, far_from, of_difference};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Huber`].
#[derive(Clone, Copy, Debug)]
pub struct Huber<E> {
    /// Where the line begins.
    pub delta: E,
}

impl<E: Number> PointwiseLoss<E> for Huber<E> {
    type Formula = ops::Huber<E>;

    fn loss<'w>(self) -> Loss<'w, E, ops::Huber<E>> {
        loss::Huber::new(self.delta.to_f64()).expect("delta is accepted")
    }

    fn kinks(self) -> Vec<E> {
        vec![self.delta]
    }
}

impl<E: Number> ReferencedLoss<E> for Huber<E> {
    const NAME: &'static str = "huber";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        let delta = self.delta.to_f64();
        of_difference("huber", prediction, target, |p, t| reference::pointwise::huber(p, t, delta))
    }
}

impl<E: Number> CurvedLoss<E> for Huber<E> {
    fn exact_second(self, prediction: E, target: E) -> Option<Exact> {
        let d = prediction.to_f64() - target.to_f64();
        let second = if d.abs() < self.delta.to_f64() { 1.0 } else { 0.0 };
        let second = if d.is_nan() { d } else { second };
        far_from(d, self.delta).then(|| Exact::new(second.into(), 0.0))
    }
}

impl<E: Number> LossEntry<E> for Huber<E> {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0xfaee68e54a1b311c, 0x51cb898fe860a515];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("huber", "value", [3.5; 2],
            "beyond delta: |d| - delta / 2 may be half of |d|, so the difference counts twice; then \
             the subtraction, then the product"),
        row("huber", "derivative", [0.5; 2],
            "one difference"),
    ];

    fn usual() -> Self {
        Huber { delta: E::HALF }
    }

    fn all() -> Vec<Self> {
        // Below a power of 2 the roundings beyond delta count most.
        [0.3, 0.999, 2.5].map(|delta| Huber { delta: E::from_f64(delta) }).into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let delta = number();
        let accepted = delta > E::ZERO && delta.finite();
        assert_eq!(loss::Huber::<E>::new(delta.to_f64()).is_ok(), accepted, "delta {delta:?}");
        accepted.then_some(Huber { delta })
    }
}
