//! One number from whole slices, as checks, denominators, norms and certificates need it.

use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, select, sweep};

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
            |x| x,
        )
    }
}

/// How many elements are numbers outside `low..=high`. NaN does not count.
#[derive(Debug)]
pub struct CountOutside<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// The smallest number of the range.
    pub low: E,
    /// The largest number of the range.
    pub high: E,
}

impl<E: Float> Kernel for CountOutside<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let (low, high) = (isa.splat(self.low), isa.splat(self.high));
        sweep::sum(
            isa,
            self.x,
            #[inline(always)]
            |x| select(x.lt(low) | x.gt(high), x.splat(E::ONE), x.splat(E::ZERO)),
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
        sweep::dot(isa, self.a, self.b)
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
        sweep::abs_sum(isa, self.x)
    }
}

/// The largest magnitude; NaN if an element is NaN, 0 if there is no element.
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
            |x| x.abs(),
        )
    }
}

/// The larger one; NaN if either is.
pub(super) fn larger<E: Float>(a: E, b: E) -> E {
    if a >= b || a.is_nan() { a } else { b }
}

split! {
    impl[E: Element] Dot<'_, E>;
    cut: a, b;
    copy:;
    len: |kernel| kernel.a.len();
    cost: |_| 0.06;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] AbsSum<'_, E>;
    cut: x;
    copy:;
    len: |kernel| kernel.x.len();
    cost: |_| 0.04;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] MaxAbs<'_, E>;
    cut: x;
    copy:;
    len: |kernel| kernel.x.len();
    cost: |_| 0.04;
    join: larger;
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] Sum<'_, E>;
    cut: x;
    copy:;
    len: |kernel| kernel.x.len();
    cost: |_| 0.03;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] CountOutside<'_, E>;
    cut: x;
    copy: low, high;
    len: |kernel| kernel.x.len();
    cost: |_| 0.04;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}
