//! Group soft-threshold, the proximal operator of `lambda ||x||` for each group:
//! `x (1 - lambda / ||x||)`, or +0 where the norm is at most `lambda`.
//!
//! The factor `(norm - lambda) / norm` is computed in `f64` and rounded once. With
//! `a = lambda / norm` and the dot product `s = x . upstream / norm` the derivative
//! times `upstream` is `(1 - a) upstream + (a s / norm) x`.

mod short;

use super::proximal::{ProxInput, number, pass_on, with_zeros};
use crate::groups::Groups;
use crate::groups::short::{Columns, SHORT};
use crate::lanes::Aligned;
use crate::norm::{Norm, in_range, scaled};
use crate::{Element, Float, Isa, Kernel, Lanes, Level, Split, sweep};
use short::soft_threshold;

/// As [`Prox`](super::Prox), group by group.
#[derive(Debug)]
pub struct GroupSoftThreshold<'a, E> {
    /// Not negative, not NaN.
    pub lambda: E,
    /// They cover all elements.
    pub groups: Groups<'a>,
    /// What to read.
    pub input: ProxInput<'a, E>,
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float> Kernel for GroupSoftThreshold<'_, E> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { lambda, groups, mut input, out: mut rest, count } = self;
        let lambda = lambda.to_f64();
        let zero = E::Lanes::<I>::splat(isa, E::ZERO);
        let mut columns: Columns<E::Lanes<I>> = Aligned([zero.to_array(); SHORT]);
        let (all, mut g, mut zeros) = (groups.count(rest.len()), 0, 0);
        while g < all {
            let x = match &input {
                ProxInput::InPlace => Some(None),
                ProxInput::From(x) => Some(Some(*x)),
                ProxInput::Backward { .. } => None,
            };
            if let Groups::OfLength(len @ 1..=SHORT) = groups
                && let Some(x) = x
            {
                let some = E::Lanes::<I>::LANES.min(all - g);
                let out = &mut rest[..some * len];
                if let Some(more) = soft_threshold(isa, x, out, len, lambda, &mut columns) {
                    rest = rest.split_at_mut(some * len).1;
                    (input, g, zeros) = (input.split_at(some * len).1, g + some, zeros + more);
                    continue;
                }
            }
            let len = groups.len(g);
            let (out, out_rest) = rest.split_at_mut(len);
            let (group, input_rest) = input.split_at(len);
            zeros += match group {
                ProxInput::InPlace => {
                    let factor = factor(isa, norm::<E, I>(isa, out), lambda);
                    scale(
                        isa,
                        (),
                        out,
                        factor,
                        count,
                        #[inline(always)]
                        |out, ()| out,
                    )
                }
                ProxInput::From(x) => {
                    let factor = factor(isa, norm::<E, I>(isa, x), lambda);
                    scale(
                        isa,
                        x,
                        out,
                        factor,
                        count,
                        #[inline(always)]
                        |_, x| x,
                    )
                }
                ProxInput::Backward { x, upstream } => {
                    backward(isa, x, upstream, lambda, out);
                    0
                }
            };
            (rest, input, g) = (out_rest, input_rest, g + 1);
        }
        zeros
    }
}

/// The norm of a group.
#[inline(always)]
pub(super) fn norm<E: Float, I: Isa>(isa: I, x: &[E]) -> Norm {
    let sum = if x.len() <= SHORT {
        // In order, wherever the group lies.
        let mut sum = 0.0;
        for x in x {
            sum += x.to_f64() * x.to_f64();
        }
        sum
    } else {
        sweep::dot::<E::Lanes<I>>(isa, x, x)
    };
    if in_range::<E>(sum) {
        let root = I::F64::splat(isa, sum).sqrt().to_array().as_ref()[0];
        Norm { root, exponent: 0 }
    } else {
        scaled(core::iter::once(x))
    }
}

/// What groups of these norms are multiplied by: 0 where nothing is left of them.
#[inline(always)]
fn factors<W: Lanes<Elem = f64>>(norm: W, lambda: f64) -> W {
    let lambda = norm.same(lambda);
    let factor = norm.sub(lambda).div(norm); // NaN stays NaN
    let factor = W::select(norm.eq(norm.same(f64::INFINITY)), norm.same(1.0), factor);
    factor.zero_where(norm.le(lambda))
}

/// What a group of this norm is multiplied by.
#[inline(always)]
fn factor<I: Isa>(isa: I, norm: Norm, lambda: f64) -> f64 {
    let root = I::F64::splat(isa, norm.root);
    factors(root, norm.unscaled(lambda)).to_array().as_ref()[0]
}

/// Writes the group times `factor`; counts zeros if asked.
#[inline(always)]
fn scale<E: Float, I: Isa, R: sweep::Stream<E::Lanes<I>>>(
    isa: I,
    reads: R,
    out: &mut [E],
    factor: f64,
    count: bool,
    x: impl Fn(E::Lanes<I>, R::Regs) -> E::Lanes<I>,
) -> usize {
    if factor == 0.0 {
        // Not a product: infinite elements below an infinite threshold are 0, too.
        out.fill(E::ZERO);
        return if count { out.len() } else { 0 };
    }
    let factor = E::Lanes::<I>::splat(isa, E::from_f64(factor));
    let zero = factor.same(E::ZERO);
    if count {
        return number(sweep::update_sum(
            isa,
            out,
            reads,
            #[inline(always)]
            // -0 + 0 is +0.
            |out: E::Lanes<I>, reads| with_zeros(x(out, reads).mul(factor).add(zero)),
        ));
    }
    sweep::update(
        isa,
        out,
        reads,
        #[inline(always)]
        |out: E::Lanes<I>, reads| x(out, reads).mul(factor).add(zero),
    );
    0
}

/// Writes the derivative times `upstream`.
#[inline(always)]
fn backward<E: Float, I: Isa>(isa: I, x: &[E], upstream: &[E], lambda: f64, grad: &mut [E]) {
    let norm = norm::<E, I>(isa, x);
    let factor = factor(isa, norm, lambda);
    let reads = (x, upstream);
    if factor == 0.0 || norm.root == f64::INFINITY {
        // Nothing moves, or all as far as it is moved; NaN stays NaN.
        let zero = E::Lanes::<I>::splat(isa, E::ZERO);
        let moves = if factor == 0.0 { zero.lt(zero) } else { zero.eq(zero) };
        sweep::update(
            isa,
            grad,
            reads,
            #[inline(always)]
            |_: E::Lanes<I>, (x, upstream)| pass_on(moves, x, upstream),
        );
        return;
    }
    let dot = sweep::dot::<E::Lanes<I>>(isa, x, upstream);
    let along = lambda / norm.root * (dot / norm.root) / norm.root;
    // A number of E that has lost nothing by underflow, made of such numbers.
    let size = along.abs();
    let normal = size >= E::MIN_POSITIVE.to_f64() && E::from_f64(size) < E::INFINITY;
    let exact = norm.exponent == 0 && in_range::<E>(dot.abs());
    if exact && (normal || along == 0.0) {
        let factor = E::Lanes::<I>::splat(isa, E::from_f64(factor));
        let along = factor.same(E::from_f64(along));
        sweep::update(
            isa,
            grad,
            reads,
            #[inline(always)]
            |_: E::Lanes<I>, (x, upstream)| upstream.mul(factor).add(x.mul(along)),
        );
    } else {
        backward_scaled(x, upstream, norm, norm.unscaled(lambda), factor, grad);
    }
}

/// As [`backward`], by way of the unit vector along `x`: whatever the exponents.
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

impl<E: Element> Split for GroupSoftThreshold<'_, E> {
    fn leaf(&self) -> usize {
        self.groups.leaf(self.out.len())
    }
    fn cost(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let len = self.groups.average(self.out.len()) as f64;
        // A group costs some 15 ns however short it is.
        0.15 * len + 15.0
    }
    fn len(&self) -> usize {
        self.groups.count(self.out.len())
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { lambda, groups, input, out, count } = self;
        let elements = groups.elements(mid);
        let (groups, groups_rest) = groups.split_at(mid);
        let (input, input_rest) = input.split_at(elements);
        let (out, out_rest) = out.split_at_mut(elements);
        (
            Self { lambda, groups, input, out, count },
            Self { lambda, groups: groups_rest, input: input_rest, out: out_rest, count },
        )
    }
    fn join(left: usize, right: usize) -> usize {
        left + right
    }
    fn run_on(self, level: Level) -> usize {
        E::run(level, self)
    }
}
