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

/// Value and derivative of L1 alone: an infinite weight must not meet an `l2` of 0.
#[inline(always)]
fn l1_only<L: Lanes>(w: L, l1: L) -> (L, L) {
    let size = w.abs();
    (size.mul(l1), with_sign(l1, w))
}

/// Value and derivative.
#[inline(always)]
fn both<L: Lanes>(w: L, l1: L, l2: L) -> (L, L) {
    let size = w.abs();
    let quadratic = size.mul(l2);
    let mean = l1.add(quadratic.mul(w.same(Float::HALF)));
    (size.mul(mean), with_sign(l1.add(quadratic), w))
}

/// `slope` with the sign of `w`, which is 0 at 0.
#[inline(always)]
fn with_sign<L: Lanes>(slope: L, w: L) -> L {
    // |w| > 0 is false for 0 and NaN, which are their own derivatives.
    L::select(w.abs().gt(w.same(Float::ZERO)), slope.copysign(w), w)
}

impl<E: Float> Kernel for Penalty<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (l1, l2) = (splat(self.l1), splat(self.l2));
        if self.l2 == E::ZERO {
            sweep::sum(
                isa,
                self.w,
                #[inline(always)]
                |w: E::Lanes<I>| l1_only(w, l1).0,
            )
        } else {
            sweep::sum(
                isa,
                self.w,
                #[inline(always)]
                |w: E::Lanes<I>| both(w, l1, l2).0,
            )
        }
    }
}

impl<E: Float> Kernel for PenaltyAddGrad<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (l1, l2) = (splat(self.l1), splat(self.l2));
        if self.l2 == E::ZERO {
            sweep::update_sum(
                isa,
                self.grad,
                self.w,
                #[inline(always)]
                |grad: E::Lanes<I>, w| {
                    let (value, derivative) = l1_only(w, l1);
                    (grad.add(derivative), value)
                },
            )
        } else {
            sweep::update_sum(
                isa,
                self.grad,
                self.w,
                #[inline(always)]
                |grad: E::Lanes<I>, w| {
                    let (value, derivative) = both(w, l1, l2);
                    (grad.add(derivative), value)
                },
            )
        }
    }
}

elementwise!(Penalty { ref w; l1, l2 } -> f64, 0.04);
elementwise!(PenaltyAddGrad { ref w, mut grad; l1, l2 } -> f64, 0.08);
