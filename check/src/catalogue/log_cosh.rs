//! The logarithm of the hyperbolic cosine.

use super::{LossEntry, of_difference};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::Number;
use crate::reference::{self, Double};
use crate::tolerance::{self, Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::LogCosh`].
#[derive(Clone, Copy, Debug)]
pub struct LogCosh;

impl<E: Number> PointwiseLoss<E> for LogCosh {
    type Formula = ops::LogCosh;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::LogCosh> {
        loss::LogCosh::new()
    }

    fn kinks(self) -> Vec<E> {
        vec![E::from_f64(0.75)]
    }
}

impl<E: Number> ReferencedLoss<E> for LogCosh {
    const NAME: &'static str = "log_cosh";

    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]> {
        of_difference("log_cosh", prediction, target, reference::pointwise::log_cosh)
    }
}

impl<E: Number> CurvedLoss<E> for LogCosh {
    fn exact_second(self, prediction: E, target: E) -> Option<Exact> {
        // Of the rounded difference, whose error the exponential would amplify.
        let d = Double::from((prediction - target).to_f64());
        let q = (d.abs() * -2.0).sigmoid();
        let second = q * (1.0 - q) * 4.0;
        let ulps = tolerance::ulps("log_cosh", "second derivative", E::FORMAT);
        let slack = Double::from(E::LEAST.to_f64()) * 8.0;
        Some(Exact { slack, ..Exact::new(second, ulps) })
    }
}

impl<E: Number> LossEntry<E> for LogCosh {
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x8399d91b71415ec9, 0x3564b6060f48407b];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("log_cosh", "value", [5.0; 2],
            "below 3/4 the logarithm of 1 - tanh^2: the difference counts twice (2^(1/2) ULP), \
             tanh twice, the square 1/2, and all this grows by a third in the logarithm, which \
             has 1 ULP; beyond, less"),
        row("log_cosh", "derivative", [2.0; 2],
            "difference, tanh (1 ULP)"),
        row("log_cosh", "second derivative", [5.0; 2],
            "of the rounded difference: the quotient (2.8 ULP), its complement, the product"),
    ];

    fn usual() -> Self {
        LogCosh
    }

    fn all() -> Vec<Self> {
        vec![LogCosh]
    }
}
