//! Sums over one slice: what checks and denominators need.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, Mask, sweep};

/// The sum of the elements.
#[derive(Debug)]
pub struct Sum<'a, E> {
    /// `[n]`
    pub x: &'a [E],
}

impl<E: Float> Kernel for Sum<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        sweep::sum(
            isa,
            self.x,
            #[inline(always)]
            |x: E::Lanes<I>| x,
        )
    }
}

/// How many elements are numbers outside `low..=high`; NaN is none.
#[derive(Debug)]
pub struct CountOutside<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// The least number inside.
    pub low: E,
    /// The largest number inside.
    pub high: E,
}

impl<E: Float> Kernel for CountOutside<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (low, high) = (splat(self.low), splat(self.high));
        sweep::sum(
            isa,
            self.x,
            #[inline(always)]
            |x: E::Lanes<I>| {
                let outside = x.lt(low).or(x.gt(high));
                E::Lanes::<I>::select(outside, x.same(E::ONE), x.same(E::ZERO))
            },
        )
    }
}

elementwise!(Sum { ref x; } -> f64, 0.03);
elementwise!(CountOutside { ref x; low, high } -> f64, 0.04);
