//! Results against references.

use crate::Number;
use crate::reference::{Double, ulp};
use std::fmt::Debug;

/// What a result must be.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub exact: Double,
    /// The term whose ULPs count.
    pub magnitude: Double,
    pub ulps: f64,
    /// What is allowed beyond: what underflow has cost intermediate results.
    pub slack: Double,
}

impl Expected {
    /// Within `ulps` of the exact result itself.
    pub fn new(exact: Double, ulps: f64) -> Self {
        Expected { exact, magnitude: exact, ulps, slack: Double::ZERO }
    }

    /// Panics unless `got` is near enough.
    pub fn check<E: Number>(self, got: E, case: impl Debug) {
        let Self { exact, magnitude, ulps, slack } = self;
        let error = ulp::error_at(got.to_f64(), exact, magnitude, E::FORMAT);
        let slack = (slack / ulp::unit(magnitude, E::FORMAT)).to_f64();
        assert!(
            error <= ulps + slack,
            "{case:?}: {got:?} instead of {:e}: {error} ULP, allowed {ulps} + {slack:e}",
            exact.to_f64()
        );
    }
}

/// Whether a number of the type can stand for `x` with full precision: 0, or well
/// within the range.
pub fn representable<E: Number>(x: Double) -> bool {
    x.is_zero() || (x.abs() >= E::MIN_POSITIVE.to_f64() && in_range::<E>(x))
}

/// Whether a sum of a few such terms cannot overflow. Infinities and NaN may be
/// terms: they are what they are on the way, too.
pub fn in_range<E: Number>(x: Double) -> bool {
    !x.is_finite() || x.abs() < E::largest().to_f64() * 0.125
}

/// The least positive number, `count` times.
pub fn least<E: Number>(count: Double) -> Double {
    count * E::least().double()
}
