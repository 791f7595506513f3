//! L2,1: the sum of the Euclidean norms of groups. The derivative is the unit vector
//! along a group, and 0 where the norm is 0: the subgradient of least norm.

use crate::groups::short::{SHORT, ShortGroups, read};
use crate::groups::{self, Groups, norm};
use crate::lanes::{Aligned, narrowed};
use crate::norm::{Norm, update_by_unit};
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
        let Self { w, groups, lambda, grad } = self;
        let empty = [isa.splat(E::ZERO).to_array(); SHORT];
        let mut columns: [ShortGroups<E::Lanes<I>>; 2] = [Aligned(empty), Aligned(empty)];
        // Longer groups fill registers by themselves; results are the same.
        let longest = SHORT.min(2 * E::Lanes::<I>::LANES);
        let wanted = grad.is_some();
        groups::fold::<E::Lanes<I>, _, _>(
            groups,
            groups.count(w.len()),
            longest,
            (w, IfAny(grad.unwrap_or_default())),
            0.0,
            inline!(|(w, grad), len, count, sum| {
                let grad = wanted.then(|| &mut grad.0[..count * len]);
                short(isa, &w[..count * len], len, lambda, grad, &mut columns, sum)
            }),
            inline!(|(w, grad), sum| {
                let norm = norm::<E, I>(isa, w);
                if wanted {
                    add_unit(isa, w, norm, lambda, grad.0);
                }
                sum + norm.to_f64()
            }),
        )
    }
}

/// Elements of groups, or none at all.
struct IfAny<'a, E>(&'a mut [E]);

impl<E> Cut for IfAny<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        let (left, right) = self.0.split_at_mut(mid.min(self.0.len()));
        (Self(left), Self(right))
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
    sum: f64,
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
        sweep::zip_columns::<E::Lanes<I>>(
            isa,
            grad_columns,
            w_columns,
            inline!(|grad, w| select(known.zero, grad, grad + w * factor)),
        );
        sweep::scatter::<E::Lanes<I>>(isa, grad_columns, grad, len, count);
    }
    Some(known.add_norms(sum))
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
    update_by_unit(w, norm, grad, |unit, grad| grad + E::from_f64(lambda.to_f64() * unit));
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
