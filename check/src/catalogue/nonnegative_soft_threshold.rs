//! Soft-threshold onto the non-negative numbers.

use super::OperatorEntry;
use crate::laws::proximal::{Operator, ReferencedOperator};
use crate::numbers::Number;
use crate::reference::{Double, prox as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

/// [`prox::NonnegativeSoftThreshold`].
#[derive(Clone, Copy, Debug)]
pub struct NonnegativeSoftThreshold<E> {
    /// The threshold.
    pub lambda: E,
}

impl<E: Number> Operator<E> for NonnegativeSoftThreshold<E> {
    type Formula = ops::NonnegativeSoftThreshold<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::NonnegativeSoftThreshold::new(self.lambda.to_f64()).expect("lambda is accepted")
    }
}

impl<E: Number> ReferencedOperator<E> for NonnegativeSoftThreshold<E> {
    const NAME: &'static str = "nonnegative_soft_threshold";

    fn reference(self, x: f64) -> Double {
        reference::nonneg_soft_threshold(x, self.lambda.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x > self.lambda.to_f64() { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        if u < 0.0 { Double::INFINITY } else { u * self.lambda.to_f64() }
    }
    fn on_grid(k: f64) -> Self {
        Self { lambda: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.lambda]
    }
}

impl<E: Number> OperatorEntry<E> for NonnegativeSoftThreshold<E> {
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0x34b56305b5735236, 0xe9ad0c44a4f75c36];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("nonnegative_soft_threshold", "value", [0.5; 2],
            "one difference"),
        row("nonnegative_soft_threshold", "derivative", [0.0; 2],
            "the upstream gradient or 0"),
    ];

    fn usual() -> Self {
        NonnegativeSoftThreshold { lambda: E::ONE }
    }

    fn all() -> Vec<Self> {
        [0.3, 0.0, 2.5, f64::INFINITY]
            .map(|lambda| NonnegativeSoftThreshold { lambda: E::from_f64(lambda) })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let lambda = number();
        let accepted = lambda >= E::ZERO;
        let operator = prox::NonnegativeSoftThreshold::<E>::new(lambda.to_f64());
        assert_eq!(operator.is_ok(), accepted, "lambda {lambda:?}");
        accepted.then_some(NonnegativeSoftThreshold { lambda })
    }
}
