//! Group soft-threshold, the proximal operator of `lambda ||x||` for each group:
//! `x (1 - lambda / ||x||)`, or +0 where the norm is at most `lambda`.
//!
//! The factor `(norm - lambda) / norm` is computed in `f64` and rounded once. With
//! `a = lambda / norm` and the dot product `s = x . upstream / norm` the derivative
//! times `upstream` is `(1 - a) upstream + (a s / norm) x`.

mod short;

use super::proximal::{number, pass_on, with_zeros};
use crate::groups::short::{SHORT, ShortGroups};
use crate::groups::{self, Groups, norm};
use crate::lanes::{Aligned, first_lane};
use crate::norm::{Norm, dot_with_unit, in_range, update_by_unit};
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
        let empty = isa.splat(E::ZERO).to_array();
        match task {
            Task::Apply(x) => {
                let mut columns: ShortGroups<E::Lanes<I>> = Aligned([empty; SHORT]);
                groups::fold::<E::Lanes<I>, _, _>(
                    groups,
                    all,
                    SHORT,
                    x,
                    0,
                    inline!(|x, len, count, zeros| {
                        let some = x.reborrow().split_at(count * len).0;
                        Some(zeros + soft_threshold(isa, some, len, lambda, &mut columns)?)
                    }),
                    inline!(|group, zeros| {
                        let norm = norm::<E, I>(isa, group.input());
                        zeros + scale(isa, group, factor(isa, norm, lambda), count)
                    }),
                )
            }
            Task::Backward { at, upstream, grad } => {
                groups::fold::<E::Lanes<I>, _, _>(
                    groups,
                    all,
                    0,
                    (at, upstream, grad),
                    (),
                    |_, _, _, ()| None,
                    inline!(|(x, upstream, grad), ()| backward(isa, x, upstream, lambda, grad)),
                );
                0
            }
        }
    }
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
        backward_scaled(x, upstream, norm, lambda, factor, grad);
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
    let along = norm.unscaled(lambda) / norm.root * dot_with_unit(x, norm, upstream);
    grad.copy_from_slice(upstream);
    update_by_unit(x, norm, grad, |unit, upstream| {
        E::from_f64(upstream.to_f64() * factor + unit * along)
    });
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
