//! Hard threshold.

use super::OperatorEntry;
use crate::laws::proximal::{Operator, ReferencedOperator};
use crate::numbers::Number;
use crate::reference::{Double, prox as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

/// [`prox::HardThreshold`].
#[derive(Clone, Copy, Debug)]
pub struct HardThreshold<E> {
    /// The threshold.
    pub lambda: E,
}

impl<E: Number> Operator<E> for HardThreshold<E> {
    type Formula = ops::HardThreshold<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::HardThreshold::new(self.lambda.to_f64()).expect("lambda is accepted")
    }
}

impl<E: Number> ReferencedOperator<E> for HardThreshold<E> {
    const NAME: &'static str = "hard_threshold";
    const CONVEX: bool = false;

    fn reference(self, x: f64) -> Double {
        reference::hard_threshold(x, self.lambda.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x.abs() > self.lambda.to_f64() { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        let lambda = Double::from(self.lambda.to_f64());
        if u.is_zero() { Double::ZERO } else { lambda * lambda / 2.0 }
    }
    fn on_grid(k: f64) -> Self {
        Self { lambda: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.lambda]
    }
}

impl<E: Number> OperatorEntry<E> for HardThreshold<E> {
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0x5ce338b85c94b403, 0x67abcab7b907ee19];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("hard_threshold", "value", [0.0; 2],
            "the element or 0"),
        row("hard_threshold", "derivative", [0.0; 2],
            "the upstream gradient or 0"),
    ];

    fn usual() -> Self {
        HardThreshold { lambda: E::ONE }
    }

    fn all() -> Vec<Self> {
        [0.3, 0.0, 2.5, f64::INFINITY]
            .map(|lambda| HardThreshold { lambda: E::from_f64(lambda) })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let lambda = number();
        let accepted = lambda >= E::ZERO;
        assert_eq!(
            prox::HardThreshold::<E>::new(lambda.to_f64()).is_ok(),
            accepted,
            "lambda {lambda:?}"
        );
        accepted.then_some(HardThreshold { lambda })
    }
}
