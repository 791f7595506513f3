//! Smooth L1.

use super::{LossEntry, far_from, of_difference};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference::{self, Double};
use crate::tolerance::{self, Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::SmoothL1`].
#[derive(Clone, Copy, Debug)]
pub struct SmoothL1<E> {
    /// Where the line begins.
    pub beta: E,
}

impl<E: Number> PointwiseLoss<E> for SmoothL1<E> {
    type Formula = ops::SmoothL1<E>;

    fn loss<'w>(self) -> Loss<'w, E, ops::SmoothL1<E>> {
        loss::SmoothL1::new(self.beta.to_f64()).expect("beta is accepted")
    }

    fn kinks(self) -> Vec<E> {
        vec![E::ZERO, self.beta]
    }
}

impl<E: Number> ReferencedLoss<E> for SmoothL1<E> {
    const NAME: &'static str = "smooth_l1";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        let beta = self.beta.to_f64();
        of_difference("smooth_l1", prediction, target, |p, t| {
            reference::pointwise::smooth_l1(p, t, beta)
        })
    }
}

impl<E: Number> CurvedLoss<E> for SmoothL1<E> {
    fn exact_second(self, prediction: E, target: E) -> Option<Exact> {
        let d = prediction.to_f64() - target.to_f64();
        let inverse = Double::ONE / self.beta.to_f64();
        // So near to 0 there is no curve left.
        let inverse = if inverse < E::LARGEST.to_f64() { inverse } else { Double::ZERO };
        let second = if d.abs() < self.beta.to_f64() { inverse } else { Double::ZERO };
        let second = if d.is_nan() { Double::NAN } else { second };
        let ulps = tolerance::ulps("smooth_l1", "second derivative", E::FORMAT);
        far_from(d, self.beta).then(|| Exact::new(second, ulps))
    }
}

impl<E: Number> LossEntry<E> for SmoothL1<E> {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0xa080176ec3a0ca77, 0x84ac43489b395eac];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("smooth_l1", "value", [3.0; 2],
            "|d| / beta times |d| / 2: twice the difference and the quotient, 2.5 ULP of a product \
             below 2, and the product's 1/2; beyond beta 1.5"),
        row("smooth_l1", "derivative", [1.5; 2],
            "difference, quotient"),
        row("smooth_l1", "second derivative", [0.5; 2],
            "the reciprocal"),
    ];

    fn usual() -> Self {
        SmoothL1 { beta: E::HALF }
    }

    fn all() -> Vec<Self> {
        [0.3, 0.0, 2.5].map(|beta| SmoothL1 { beta: E::from_f64(beta) }).into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let beta = number();
        let accepted = beta >= E::ZERO && beta.finite();
        assert_eq!(loss::SmoothL1::<E>::new(beta.to_f64()).is_ok(), accepted, "beta {beta:?}");
        accepted.then_some(SmoothL1 { beta })
    }
}
