//! Huber: `d^2 / 2` within `delta` of the target, linear with slope `delta`
//! beyond.
//!
//! With `d = prediction - target` and `q = min(|d|, delta)` both branches
//! collapse into `loss = q * (|d| - q / 2)`, and the derivative is `q` with the
//! sign of `d`.

use super::pointwise::{Pointwise, compiled_once};
use crate::{Element, Isa, Lanes};

/// Half the square below `delta`, linear above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber<E> {
    /// Positive.
    pub delta: E,
}

impl<E: Element> Pointwise<E> for Huber<E> {
    compiled_once!();

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let a = d.abs();
        let q = a.min_or_self(d.splat(self.delta)); // NaN stays NaN
        (q * (a - q * E::HALF), q.copysign(d))
    }
}
