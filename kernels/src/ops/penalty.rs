//! L1, half squared L2, and their sum, the elastic net: `l1 |w| + l2 w^2 / 2`.
//!
//! As `|w| (l1 + l2 |w| / 2)` no terms of different sign meet. The derivative is
//! `l1 + l2 |w|` with the sign of `w`, and 0 at 0: the subgradient of least norm.

use super::elementwise;
use crate::{Float, Isa, Kernel, Lanes, sweep};

/// Returns the sum over all elements.
#[derive(Debug)]
pub struct Penalty<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// Finite and not negative.
    pub l1: E,
    /// Finite and not negative.
    pub l2: E,
}

/// As [`Penalty`], and adds the derivative to `grad`.
#[derive(Debug)]
pub struct PenaltyAddGrad<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// `[n]`, added to.
    pub grad: &'a mut [E],
    /// Finite and not negative.
    pub l1: E,
    /// Finite and not negative.
    pub l2: E,
}

/// Value and derivative.
#[inline(always)]
fn value_and_derivative<L: Lanes>(w: L, l1: L::Elem, l2: L::Elem) -> (L, L) {
    let (size, l1) = (w.abs(), w.same(l1));
    // The same for all registers. Without l2 an infinite weight must not meet its 0.
    let (mean, slope) = if l2 == L::Elem::ZERO {
        (l1, l1)
    } else {
        let quadratic = size.mul(w.same(l2));
        (l1.add(quadratic.mul(w.same(Float::HALF))), l1.add(quadratic))
    };
    // |w| > 0 is false for 0 and NaN, which are their own derivatives.
    let signed = L::select(size.gt(w.same(Float::ZERO)), slope.copysign(w), w);
    (size.mul(mean), signed)
}

impl<E: Float> Kernel for Penalty<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { w, l1, l2 } = self;
        sweep::sum(
            isa,
            w,
            #[inline(always)]
            |w: E::Lanes<I>| value_and_derivative(w, l1, l2).0,
        )
    }
}

impl<E: Float> Kernel for PenaltyAddGrad<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { w, grad, l1, l2 } = self;
        sweep::update_sum(
            isa,
            grad,
            w,
            #[inline(always)]
            |grad: E::Lanes<I>, w| {
                let (value, derivative) = value_and_derivative(w, l1, l2);
                (grad.add(derivative), value)
            },
        )
    }
}

elementwise!(Penalty { ref w; l1, l2 } -> f64, 0.04);
elementwise!(PenaltyAddGrad { ref w, mut grad; l1, l2 } -> f64, 0.08);
