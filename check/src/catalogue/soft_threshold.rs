//! Soft-threshold.

use super::OperatorEntry;
use crate::laws::proximal::{Operator, ReferencedOperator};
use crate::numbers::Number;
use crate::reference::{Double, prox as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

/// [`prox::SoftThreshold`].
#[derive(Clone, Copy, Debug)]
pub struct SoftThreshold<E> {
    /// The threshold.
    pub lambda: E,
}

impl<E: Number> Operator<E> for SoftThreshold<E> {
    type Formula = ops::SoftThreshold<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::SoftThreshold::new(self.lambda.to_f64()).expect("lambda is accepted")
    }
}

impl<E: Number> ReferencedOperator<E> for SoftThreshold<E> {
    const NAME: &'static str = "soft_threshold";

    fn reference(self, x: f64) -> Double {
        reference::soft_threshold(x, self.lambda.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        reference::soft_threshold_backward(x, self.lambda.to_f64(), upstream).into()
    }
    fn penalty(self, u: Double) -> Double {
        u.abs() * self.lambda.to_f64()
    }
    fn on_grid(k: f64) -> Self {
        Self { lambda: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.lambda]
    }
}

impl<E: Number> OperatorEntry<E> for SoftThreshold<E> {
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0x08678efdf56a1e23, 0x517458647c61c011];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("soft_threshold", "value", [0.5; 2],
            "one difference"),
        row("soft_threshold", "derivative", [0.0; 2],
            "the upstream gradient or 0"),
    ];

    fn usual() -> Self {
        SoftThreshold { lambda: E::ONE }
    }

    fn all() -> Vec<Self> {
        [0.3, 0.0, 2.5, f64::INFINITY]
            .map(|lambda| SoftThreshold { lambda: E::from_f64(lambda) })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let lambda = number();
        let accepted = lambda >= E::ZERO;
        assert_eq!(
            prox::SoftThreshold::<E>::new(lambda.to_f64()).is_ok(),
            accepted,
            "lambda {lambda:?}"
        );
        accepted.then_some(SoftThreshold { lambda })
    }
}
