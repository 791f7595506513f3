//! One number from whole slices: what checks, denominators, norms and certificates
//! need.

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

/// The sum of `a[i] b[i]`, in `f64`: products of `f32` are exact.
#[derive(Debug)]
pub struct Dot<'a, E> {
    /// `[n]`
    pub a: &'a [E],
    /// `[n]`
    pub b: &'a [E],
}

impl<E: Float> Kernel for Dot<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        sweep::dot::<E::Lanes<I>>(isa, self.a, self.b)
    }
}

/// The sum of the magnitudes, in `f64`.
#[derive(Debug)]
pub struct AbsSum<'a, E> {
    /// `[n]`
    pub x: &'a [E],
}

impl<E: Float> Kernel for AbsSum<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        sweep::abs_sum::<E::Lanes<I>>(isa, self.x)
    }
}

/// The largest magnitude; NaN if an element is, 0 if there is none.
#[derive(Debug)]
pub struct MaxAbs<'a, E> {
    /// `[n]`
    pub x: &'a [E],
}

impl<E: Float> Kernel for MaxAbs<'_, E> {
    type Out = E;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> E {
        sweep::largest(
            isa,
            self.x,
            #[inline(always)]
            |x: E::Lanes<I>| x.abs(),
        )
    }
}

/// The larger one; NaN if either is.
pub(super) fn larger<E: Float>(a: E, b: E) -> E {
    if a >= b || a.is_nan() { a } else { b }
}

elementwise!(Dot { ref a, ref b; } -> f64, 0.06);
elementwise!(AbsSum { ref x; } -> f64, 0.04);
elementwise!(MaxAbs { ref x; } -> E by larger, 0.04);
elementwise!(Sum { ref x; } -> f64, 0.03);
elementwise!(CountOutside { ref x; low, high } -> f64, 0.04);
