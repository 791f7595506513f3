//! Projection onto a box.

use super::OperatorEntry;
use crate::laws::proximal::{Operator, ReferencedOperator};
use crate::numbers::Number;
use crate::reference::{Double, prox as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

/// [`prox::BoxConstraint`].
#[derive(Clone, Copy, Debug)]
pub struct BoxConstraint<E> {
    /// The lower end.
    pub low: E,
    /// The upper end.
    pub high: E,
}

impl<E: Number> Operator<E> for BoxConstraint<E> {
    type Formula = ops::BoxConstraint<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::BoxConstraint::new(self.low.to_f64(), self.high.to_f64()).expect("low <= high")
    }
}

impl<E: Number> ReferencedOperator<E> for BoxConstraint<E> {
    const NAME: &'static str = "box_constraint";

    fn reference(self, x: f64) -> Double {
        reference::clamp(x, self.low.to_f64(), self.high.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        let inside = (self.low.to_f64()..=self.high.to_f64()).contains(&x);
        if inside { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        let inside = u >= self.low.to_f64() && u <= self.high.to_f64();
        if inside { Double::ZERO } else { Double::INFINITY }
    }
    fn on_grid(k: f64) -> Self {
        Self { low: E::from_f64(-k / 2.0), high: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.low, self.high]
    }
}

impl<E: Number> OperatorEntry<E> for BoxConstraint<E> {
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0xc87dc68b02b820da, 0x7f7b47bcdf0e0854];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("box_constraint", "value", [0.0; 2],
            "the element or a bound"),
        row("box_constraint", "derivative", [0.0; 2],
            "the upstream gradient or 0"),
    ];

    fn usual() -> Self {
        BoxConstraint { low: -E::HALF, high: E::TWO }
    }

    fn all() -> Vec<Self> {
        let inf = f64::INFINITY;
        [(-0.3, 2.0), (0.0, inf), (-inf, -1.0), (1.0, 1.0), (-inf, inf), (-0.0, 0.0)]
            .map(|(low, high)| BoxConstraint { low: E::from_f64(low), high: E::from_f64(high) })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let (low, high) = (number(), number());
        let accepted = low <= high;
        assert_eq!(
            prox::BoxConstraint::<E>::new(low.to_f64(), high.to_f64()).is_ok(),
            accepted,
            "{low:?} {high:?}"
        );
        accepted.then_some(BoxConstraint { low, high })
    }
}
