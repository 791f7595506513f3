//! Group soft-threshold, the proximal operator of `lambda ||x||` for each group:
//! `x (1 - lambda / ||x||)`, or +0 where the norm is at most `lambda`.
//!
//! The factor `(norm - lambda) / norm` is computed in `f64` and rounded once. With
//! `a = lambda / norm` and the dot product `s = x . upstream / norm` the derivative
//! times `upstream` is `(1 - a) upstream + (a s / norm) x`.

mod short;

use super::proximal::{number, pass_on, with_zeros};
use crate::groups::short::{SHORT, ShortGroups};
use crate::groups::{Groups, norm};
use crate::lanes::{Aligned, first_lane};
use crate::norm::{Norm, in_range};
use crate::ops::Task;
use crate::split::{Cut, split};
use crate::{Element, Float, InOut, Isa, Kernel, Lanes, select, sweep};
use short::soft_threshold;

/// [`ApplyProx`](super::ApplyProx) for groups instead of single elements.
#[derive(Debug)]
pub struct GroupSoftThreshold<'a, E> {
    /// Not negative, not NaN.
    pub lambda: E,
    /// The groups, which cover all elements.
    pub groups: Groups<'a>,
    /// Whether to write values or derivatives, and to which slices.
    pub task: Task<'a, E>,
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float> Kernel for GroupSoftThreshold<'_, E> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { lambda, groups, task, count } = self;
        let (all, lambda) = (groups.count(task.len()), lambda.to_f64());
        match task {
            Task::Apply(x) => shrink(isa, x, groups, all, lambda, count),
            Task::Backward { mut at, mut upstream, mut grad } => {
                for g in 0..all {
                    let len = groups.len(g);
                    let ((x, x_rest), (u, u_rest)) = (at.cut(len), upstream.cut(len));
                    let (grad_group, grad_rest) = grad.cut(len);
                    backward(isa, x, u, lambda, grad_group);
                    (at, upstream, grad) = (x_rest, u_rest, grad_rest);
                }
                0
            }
        }
    }
}

/// Shrinks `all` groups; counts zeros.
#[inline(always)]
fn shrink<E: Float, I: Isa>(
    isa: I,
    mut x: InOut<'_, E>,
    groups: Groups<'_>,
    all: usize,
    lambda: f64,
    count: bool,
) -> usize {
    let zero = isa.splat(E::ZERO);
    let mut columns: ShortGroups<E::Lanes<I>> = Aligned([zero.to_array(); SHORT]);
    let (mut g, mut zeros) = (0, 0);
    while g < all {
        if let Groups::OfLength(len @ 1..=SHORT) = groups {
            let some = E::Lanes::<I>::LANES.min(all - g);
            let short = x.reborrow().split_at(some * len).0;
            if let Some(more) = soft_threshold(isa, short, len, lambda, &mut columns) {
                (x, g, zeros) = (x.split_at(some * len).1, g + some, zeros + more);
                continue;
            }
        }
        let (group, rest) = x.split_at(groups.len(g));
        let norm = norm::<E, I>(isa, group.input());
        zeros += scale(isa, group, factor(isa, norm, lambda), count);
        (x, g) = (rest, g + 1);
    }
    zeros
}

/// The factors of groups with these norms; 0 for norms of at most `lambda`.
#[inline(always)]
fn factors<W: Lanes<Elem = f64>>(norm: W, lambda: f64) -> W {
    let lambda = norm.splat(lambda);
    let factor = (norm - lambda) / norm; // NaN stays NaN
    let factor = select(norm.eq(norm.splat(f64::INFINITY)), norm.splat(1.0), factor);
    factor.zero_where(norm.le(lambda))
}

/// The factor of a group with this norm.
#[inline(always)]
fn factor<I: Isa>(isa: I, norm: Norm, lambda: f64) -> f64 {
    let root = isa.splat(norm.root);
    first_lane(factors(root, norm.unscaled(lambda)))
}

/// Multiplies the group by `factor`; counts zeros if asked.
#[inline(always)]
fn scale<E: Float, I: Isa>(isa: I, mut x: InOut<'_, E>, factor: f64, count: bool) -> usize {
    if factor == 0.0 {
        // Not a product: an infinite element below an infinite threshold becomes 0, too.
        x.output().fill(E::ZERO);
        return if count { x.len() } else { 0 };
    }
    // -0 + 0 is +0.
    let factor = E::from_f64(factor);
    if count {
        return number(sweep::update_sum(
            isa,
            x,
            (),
            inline!(|x, ()| with_zeros(x * factor + E::ZERO)),
        ));
    }
    sweep::update(isa, x, (), inline!(|x, ()| x * factor + E::ZERO));
    0
}

/// Writes the derivative times `upstream`.
#[inline(always)]
fn backward<E: Float, I: Isa>(isa: I, x: &[E], upstream: &[E], lambda: f64, grad: &mut [E]) {
    let norm = norm::<E, I>(isa, x);
    let factor = factor(isa, norm, lambda);
    let reads = (x, upstream);
    if factor == 0.0 || norm.root == f64::INFINITY {
        // The group is 0 or moves with its elements one to one; NaN stays NaN.
        let zero = isa.splat(E::ZERO);
        let moves = if factor == 0.0 { zero.lt(zero) } else { zero.eq(zero) };
        sweep::map(isa, reads, grad, inline!(|(x, upstream)| pass_on(moves, x, upstream)));
        return;
    }
    let dot = sweep::dot(isa, x, upstream);
    let along = lambda / norm.root * (dot / norm.root) / norm.root;
    // `along` is in the range of E, and was computed from numbers in range.
    let size = along.abs();
    let normal = size >= E::MIN_POSITIVE.to_f64() && E::from_f64(size) < E::INFINITY;
    let exact = norm.exponent == 0 && in_range::<E>(dot.abs());
    if exact && (normal || along == 0.0) {
        let (factor, along) = (E::from_f64(factor), E::from_f64(along));
        sweep::map(isa, reads, grad, inline!(|(x, upstream)| upstream * factor + x * along));
    } else {
        backward_scaled(x, upstream, norm, norm.unscaled(lambda), factor, grad);
    }
}

/// [`backward`] where a number may be out of range: by way of the unit vector along `x`.
#[cold]
fn backward_scaled<E: Float>(
    x: &[E],
    upstream: &[E],
    norm: Norm,
    lambda: f64,
    factor: f64,
    grad: &mut [E],
) {
    let unit = |x: E| norm.unscaled(x.to_f64()) / norm.root;
    let mut dot = 0.0;
    for (x, upstream) in x.iter().zip(upstream) {
        dot += unit(*x) * upstream.to_f64();
    }
    let along = lambda / norm.root * dot;
    for ((x, upstream), grad) in x.iter().zip(upstream).zip(grad) {
        *grad = E::from_f64(upstream.to_f64() * factor + unit(*x) * along);
    }
}

split! {
    impl[E: Element] GroupSoftThreshold<'_, E>;
    parts: |kernel, mid|
        task = kernel.task.cut(kernel.groups.elements(mid)),
        groups = kernel.groups.split_at(mid);
    copy: lambda, count;
    leaf: |kernel| kernel.groups.leaf(kernel.task.len());
    len: |kernel| kernel.groups.count(kernel.task.len());
    // A group costs some 15 ns however short it is.
    cost: |kernel| 0.15 * kernel.groups.average(kernel.task.len()) as f64 + 15.0;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}
