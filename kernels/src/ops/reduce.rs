//! One number from whole slices, as checks, denominators, norms and certificates need it.

use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, select, sweep};

/// Kernels that reduce slices to one number: the slices, nanoseconds per element, how the
/// numbers of two parts join, and the number of a part.
macro_rules! reductions {
    ($(
        $(#[$doc:meta])*
        $name:ident($($slice:ident),+) -> $out:ty, $cost:literal, $join:expr, |$isa:ident| $part:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'a, E> {
            $(
                /// `[n]`
                pub $slice: &'a [E],
            )+
        }

        impl<E: Float> Kernel for $name<'_, E> {
            type Out = $out;

            #[inline(always)]
            fn run<I: Isa>(self, $isa: I) -> $out {
                let Self { $($slice),+ } = self;
                $part
            }
        }

        split! {
            impl[E: Element] $name<'_, E>;
            cut: $($slice),+;
            copy:;
            len: |kernel| [$(kernel.$slice.len()),+][0];
            cost: |_| $cost;
            join: $join;
            dispatch: E::dispatch;
        }
    )*};
}

reductions! {
    /// The sum of the elements.
    Sum(x) -> f64, 0.03, |a, b| a + b, |isa| sweep::sum(isa, x, inline!(|x| x));
    /// The sum of `a[i] b[i]`, in `f64`: products of `f32` are exact.
    Dot(a, b) -> f64, 0.06, |a, b| a + b, |isa| sweep::dot(isa, a, b);
    /// The sum of the magnitudes, in `f64`.
    AbsSum(x) -> f64, 0.04, |a, b| a + b, |isa| sweep::abs_sum(isa, x);
    /// The largest magnitude; NaN if an element is NaN, 0 if there is no element.
    MaxAbs(x) -> E, 0.04, larger, |isa| sweep::largest(isa, x, inline!(|x| x.abs()));
}

/// How many elements are not numbers from `low` to `high`.
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
            inline!(|x| select(x.ge(low) & x.le(high), x.splat(E::ZERO), x.splat(E::ONE))),
        )
    }
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

/// The larger one; NaN if either is.
pub(super) fn larger<E: Float>(a: E, b: E) -> E {
    if a >= b || a.is_nan() { a } else { b }
}
