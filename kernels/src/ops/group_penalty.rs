//! L2,1: the sum of the Euclidean norms of groups. The derivative is the unit vector
//! along a group, and 0 where the norm is 0: the subgradient of least norm.

use super::group_soft_threshold::norm;
use crate::groups::Groups;
use crate::norm::Norm;
use crate::{Element, Float, Isa, Kernel, Lanes, Level, Split, sweep};

/// Returns the sum of the norms; adds `lambda` times its derivative to `grad`.
#[derive(Debug)]
pub struct GroupPenalty<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// They cover all elements.
    pub groups: Groups<'a>,
    /// Factor of the derivative.
    pub lambda: E,
    /// `[n]`, added to.
    pub grad: Option<&'a mut [E]>,
}

impl<E: Float> Kernel for GroupPenalty<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { w: mut rest, groups, lambda, grad } = self;
        let wanted = grad.is_some();
        let mut grad_rest = grad.unwrap_or_default();
        let mut sum = 0.0;
        for g in 0..groups.count(rest.len()) {
            let (w, w_rest) = rest.split_at(groups.len(g));
            let norm = norm::<E, I>(isa, w);
            sum += norm.to_f64();
            if wanted {
                let (grad, next) = grad_rest.split_at_mut(w.len());
                add_unit(isa, w, norm, lambda, grad);
                grad_rest = next;
            }
            rest = w_rest;
        }
        sum
    }
}

/// Adds `lambda` times the unit vector along `w`, or nothing where `w` is 0.
#[inline(always)]
fn add_unit<E: Float, I: Isa>(isa: I, w: &[E], norm: Norm, lambda: E, grad: &mut [E]) {
    if norm.root == 0.0 {
        return;
    }
    let factor = lambda.to_f64() / norm.root;
    // A number of E that has lost nothing by underflow, or 0.
    let normal = factor >= E::MIN_POSITIVE.to_f64() && E::from_f64(factor) < E::INFINITY;
    if norm.exponent == 0 && (normal || factor.is_nan() || lambda == E::ZERO) {
        let factor = E::Lanes::<I>::splat(isa, E::from_f64(factor));
        sweep::update(
            isa,
            grad,
            w,
            #[inline(always)]
            |grad: E::Lanes<I>, w| grad.add(w.mul(factor)),
        );
    } else {
        add_unit_scaled(w, norm, lambda, grad);
    }
}

/// As [`add_unit`], whatever the exponents.
#[cold]
fn add_unit_scaled<E: Float>(w: &[E], norm: Norm, lambda: E, grad: &mut [E]) {
    for (w, grad) in w.iter().zip(grad) {
        let unit = norm.unscaled(w.to_f64()) / norm.root;
        *grad = *grad + E::from_f64(lambda.to_f64() * unit);
    }
}

impl<E: Element> Split for GroupPenalty<'_, E> {
    fn leaf(&self) -> usize {
        self.groups.leaf(self.w.len())
    }
    fn cost(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let len = self.groups.average(self.w.len()) as f64;
        // A group costs some 15 ns however short it is.
        0.15 * len + 15.0
    }
    fn len(&self) -> usize {
        self.groups.count(self.w.len())
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { w, groups, lambda, grad } = self;
        let elements = groups.elements(mid);
        let (w, w_rest) = w.split_at(elements);
        let (groups, groups_rest) = groups.split_at(mid);
        let (grad, grad_rest) = grad.map(|grad| grad.split_at_mut(elements)).unzip();
        (
            Self { w, groups, lambda, grad },
            Self { w: w_rest, groups: groups_rest, lambda, grad: grad_rest },
        )
    }
    fn join(left: f64, right: f64) -> f64 {
        left + right
    }
    fn run_on(self, level: Level) -> f64 {
        E::run(level, self)
    }
}
