//! L2,1: the sum of the Euclidean norms of groups. The derivative is the unit vector
//! along a group, and 0 where the norm is 0: the subgradient of least norm.

use crate::groups::short::{SHORT, ShortGroups, read};
use crate::groups::{Groups, norm};
use crate::lanes::{Aligned, narrowed};
use crate::norm::Norm;
use crate::split::{Cut, split};
use crate::{Element, Float, Isa, Kernel, Lanes, Mask, select, sweep};

/// Returns the sum of the norms; adds `lambda` times its derivative to `grad`.
#[derive(Debug)]
pub struct GroupPenalty<'a, E> {
    /// `[n]`
    pub w: &'a [E],
    /// The groups, which cover all elements.
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
        let zero = isa.splat(E::ZERO);
        let empty = [zero.to_array(); SHORT];
        let mut columns: [ShortGroups<E::Lanes<I>>; 2] = [Aligned(empty), Aligned(empty)];
        let (all, mut g, mut sum) = (groups.count(rest.len()), 0, 0.0);
        while g < all {
            // Longer groups fill registers by themselves, and go below; results are the same.
            let lanes = E::Lanes::<I>::LANES;
            if let Groups::OfLength(len @ 1..=SHORT) = groups
                && len <= 2 * lanes
            {
                let some = lanes.min(all - g);
                let w = &rest[..some * len];
                let grad = wanted.then(|| &mut grad_rest[..some * len]);
                if let Some(next) = short(isa, w, len, lambda, grad, &mut columns, sum) {
                    rest = &rest[some * len..];
                    if wanted {
                        grad_rest = grad_rest.split_at_mut(some * len).1;
                    }
                    (g, sum) = (g + some, next);
                    continue;
                }
            }
            let (w, w_rest) = rest.split_at(groups.len(g));
            let norm = norm::<E, I>(isa, w);
            sum += norm.to_f64();
            if wanted {
                let (grad, next) = grad_rest.split_at_mut(w.len());
                add_unit(isa, w, norm, lambda, grad);
                grad_rest = next;
            }
            (rest, g) = (w_rest, g + 1);
        }
        sum
    }
}

/// Adds the norms of as many short groups as a register has lanes to `sum`, and their
/// derivatives to `grad`. Returns `None`, with nothing written, if the sum of squares of a group
/// overflows or underflows.
#[inline(always)]
fn short<E: Float, I: Isa>(
    isa: I,
    w: &[E],
    len: usize,
    lambda: E,
    grad: Option<&mut [E]>,
    [w_columns, grad_columns]: &mut [ShortGroups<E::Lanes<I>>; 2],
    mut sum: f64,
) -> Option<f64> {
    let (count, zero) = (w.len() / len, isa.splat(E::ZERO));
    let (w_columns, grad_columns) = (&mut w_columns.0[..len], &mut grad_columns.0[..len]);
    let known = read(w, count, zero, w_columns)?;
    let norms = known.norms;
    if let Some(grad) = grad {
        let factor = narrowed(
            zero,
            inline!(|i| {
                let norm = norms.as_ref()[i];
                norm.splat(lambda.to_f64()) / norm
            }),
        );
        let number =
            factor.ge(factor.splat(E::MIN_POSITIVE)) & factor.lt(factor.splat(E::INFINITY));
        let plain = number | factor.is_nan() | known.zero;
        if lambda != E::ZERO && (!plain).any() {
            return None;
        }
        sweep::gather(grad, len, count, zero, grad_columns);
        for (w, grad) in w_columns.iter().zip(grad_columns.iter_mut()) {
            let old = E::Lanes::<I>::load(isa, grad);
            let new = old + E::Lanes::<I>::load(isa, w) * factor;
            select(known.zero, old, new).store(grad);
        }
        sweep::scatter::<E::Lanes<I>>(isa, grad_columns, grad, len, count);
    }
    // Norms add up in the order of the groups, as for long ones; lanes without a group are 0.
    for norms in norms.as_ref() {
        for norm in norms.to_array().as_ref() {
            sum += norm;
        }
    }
    Some(sum)
}

/// Adds `lambda` times the unit vector along `w`, or nothing where `w` is 0.
#[inline(always)]
fn add_unit<E: Float, I: Isa>(isa: I, w: &[E], norm: Norm, lambda: E, grad: &mut [E]) {
    if norm.root == 0.0 {
        return;
    }
    let factor = E::from_f64(lambda.to_f64() / norm.root);
    // A normal number has lost nothing to underflow.
    let normal = factor >= E::MIN_POSITIVE && factor < E::INFINITY;
    if norm.exponent == 0 && (normal || factor.is_nan() || lambda == E::ZERO) {
        sweep::update(isa, grad, w, inline!(|grad, w| grad + w * factor));
    } else {
        add_unit_scaled(w, norm, lambda, grad);
    }
}

/// [`add_unit`] where a number may be out of range.
#[cold]
fn add_unit_scaled<E: Float>(w: &[E], norm: Norm, lambda: E, grad: &mut [E]) {
    for (w, grad) in w.iter().zip(grad) {
        let unit = norm.unscaled(w.to_f64()) / norm.root;
        *grad = *grad + E::from_f64(lambda.to_f64() * unit);
    }
}

split! {
    impl[E: Element] GroupPenalty<'_, E>;
    parts: |kernel, mid|
        w = kernel.w.cut(kernel.groups.elements(mid)),
        grad = kernel.grad.cut(kernel.groups.elements(mid)),
        groups = kernel.groups.split_at(mid);
    copy: lambda;
    leaf: |kernel| kernel.groups.leaf(kernel.w.len());
    len: |kernel| kernel.groups.count(kernel.w.len());
    // A group costs some 7 ns however short it is.
    cost: |kernel| 0.3 * kernel.groups.average(kernel.w.len()) as f64 + 7.0;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}
