//! L1, half squared L2, and their sum, the elastic net: `l1 |w| + l2 w^2 / 2`.
//!
//! As `|w| (l1 + l2 |w| / 2)` no terms of different sign meet. The derivative is
//! `l1 + l2 |w|` with the sign of `w`, and 0 at 0: the subgradient of least norm.

use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, sweep};

/// Returns the sum over all elements; adds the derivative to `grad`.
#[derive(Debug)]
pub struct Penalty<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// `[n]`, added to.
    pub grad: Option<&'a mut [E]>,
    /// Finite and not negative.
    pub l1: E,
    /// Finite and not negative.
    pub l2: E,
}

/// Value and derivative of L1 alone: an infinite weight must not meet an `l2` of 0.
#[inline(always)]
fn l1_only<L: Lanes>(w: L, l1: L::Elem) -> (L, L) {
    (w.abs() * l1, w.splat(l1).with_sign_of(w))
}

/// Value and derivative.
#[inline(always)]
fn both<L: Lanes>(w: L, l1: L::Elem, l2: L::Elem) -> (L, L) {
    let (size, l1) = (w.abs(), w.splat(l1));
    let slope = size * l2;
    (size * (l1 + slope * L::Elem::HALF), (l1 + slope).with_sign_of(w))
}

impl<E: Float> Kernel for Penalty<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { w, grad, l1, l2 } = self;
        if l2 == E::ZERO {
            add_grad(isa, w, grad, inline!(|w| l1_only(w, l1)))
        } else {
            add_grad(isa, w, grad, inline!(|w| both(w, l1, l2)))
        }
    }
}

/// The sum of the values; derivatives are added to `grad`.
#[inline(always)]
fn add_grad<E: Float, I: Isa>(
    isa: I,
    w: &[E],
    grad: Option<&mut [E]>,
    formula: impl Fn(E::Lanes<I>) -> (E::Lanes<I>, E::Lanes<I>),
) -> f64 {
    let Some(grad) = grad else {
        return sweep::sum(isa, w, inline!(|w| formula(w).0));
    };
    sweep::update_sum(
        isa,
        grad,
        w,
        inline!(|grad, w| {
            let (value, derivative) = formula(w);
            (grad + derivative, value)
        }),
    )
}

split! {
    impl[E: Element] Penalty<'_, E>;
    cut: w, grad;
    copy: l1, l2;
    len: |kernel| kernel.w.len();
    cost: |kernel| if kernel.grad.is_some() { 0.08 } else { 0.04 };
    join: |left, right| left + right;
    dispatch: E::dispatch;
}
