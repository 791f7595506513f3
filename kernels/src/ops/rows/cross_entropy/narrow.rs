//! Rows of few classes, in lanes.

use super::Work;
use super::alone::{self, are_alone};
use super::gradient::Gradient;
use super::losses::ratio_or_ln;
use super::plain::{Plain, has_plain_loops, is_plain};
use super::target::{Batch, LEFT_OUT};
use super::weights::{Sums, TargetWeights, half_gap};
use crate::lanes::{Float, Isa, Lanes, Mask, select};
use crate::math::Math;
use crate::ops::rows::exponentials::CompensatedSum;
use crate::ops::rows::narrow::{
    FEW, Transposed, differentiate, exponentiate_below, max_and_target, scaled,
};

/// Gradients of a batch, and what its losses are computed from.
#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
) {
    let (shape, options) = (work.shape, work.options);
    let lanes = const { <E::Lanes<I> as Lanes>::LANES };
    let zero = isa.splat(E::ZERO);
    let target = TargetWeights::new(isa, work);
    let mut weights = None;
    let strides = shape.strides(shape.stride);
    let is_plain = is_plain(isa, work, batch);
    let mut first_row = 0;
    let fits = shape.rows >= lanes && shape.classes <= FEW;
    // A condition that the compiler knows, so that it leaves out what is not called.
    if const { has_plain_loops::<E, I>() } && is_plain && fits {
        first_row =
            isa.dispatch(Plain { work: &mut *work, batch: &mut *batch, memory: &mut *memory });
    }
    for from in (first_row..shape.rows).step_by(lanes) {
        let count = lanes.min(shape.rows - from);
        if is_plain && shape.positions == 0 && are_alone::<E, I>(count) {
            for r in from..shape.rows {
                let row = work.logits.after(shape, r).row(shape.classes);
                let class = batch.class[r].to_f64() as usize;
                let factor = (batch.factors.high[r], batch.factors.low[r]);
                let e = memory.of::<I>(shape.classes.div_ceil(lanes));
                let found = alone::row(isa, row, class, batch.weight[r], factor, e);
                batch.put_row(r, found);
            }
            return;
        }
        let x = &work.logits.values()[from * strides.row..];
        let size = (shape.classes, count);
        let columns = memory.read(isa, x, strides, size);
        let class = batch.class(isa, from..shape.rows);
        let hard = E::Lanes::<I>::load_partial(&batch.weight[from..], zero);
        let (factor, factor_low) = batch.factors.load(isa, from);
        if batch.leaves_out {
            let left_out = class.eq(isa.splat(E::from_f64(LEFT_OUT)));
            for x in columns.iter_mut() {
                E::Lanes::<I>::load(isa, x).zero_where(left_out).store(x);
            }
        }
        let (max, x_of_target): (E::Lanes<I>, _) = max_and_target(columns, class);
        let first = if work.count_correct { first(columns, max) } else { zero };
        let kept = class.ge(zero);
        let mut sums = Sums { total: hard, remaining: zero, half_gap: zero };
        let share = isa.splat(E::from_f64(options.share_if_even())).keep_where(kept);
        if target.are_even() && options.share_if_even() != 0.0 {
            let mut gap = CompensatedSum::zero(zero);
            for x in columns.iter() {
                gap += half_gap(share, max, E::Lanes::<I>::load(isa, x));
            }
            // Exact: classes are few.
            let rest = share * E::from_f64((shape.classes - 1) as f64);
            sums = Sums { total: hard + (rest + share), remaining: rest, half_gap: gap.total() };
        }
        if !target.are_even() {
            let weights = weights.get_or_insert_with(Transposed::new);
            let weights = target.of_rows(work, batch, (from, count), weights);
            sums = Sums::of_rows(columns, weights, max);
        }
        if target.are_even() {
            sums.half_gap = sums.half_gap + half_gap(hard, max, x_of_target);
        }
        let (exp, exponentials) = exponentiate_below(columns, max);
        let ratio = ratio_or_ln(options, exponentials.ratio().keep_where(kept));
        let max = max.keep_where(kept);
        batch.put(from..shape.rows, [max, ratio, sums.total, sums.half_gap]);
        if work.count_correct {
            // A row with NaN has no largest logit.
            batch.correct += (class.eq(first) & !ratio.is_nan()).count() as u64;
        }

        let Some((grad, stride)) = work.logits.grad(shape) else { continue };
        let has_z = options.z_loss != 0.0;
        let z = if has_z { options.z(max + ratio).1 } else { zero };
        let gradient = Gradient::new(exponentials, (factor, factor_low), sums.total, z);
        let scale = if has_z { gradient.scale() } else { gradient.scale_without_z() };
        if target.are_even() {
            let own = gradient.of_target(hard + share, sums.remaining, exp.exp(x_of_target));
            let less = factor * share;
            differentiate(columns, class, own, (scale, less));
        } else if let Some(weights) = &mut weights {
            let own = gradient.of_max(factor * sums.remaining);
            let only = exponentials.only_max();
            for (column, k) in columns.iter_mut().zip(weights.of::<I>(shape.classes)) {
                let (e, k) = (E::Lanes::<I>::load(isa, column), E::Lanes::<I>::load(isa, k));
                let g = factor.neg_mul_add(k, scaled(e, scale));
                select(e.eq(only), own, g).store(column);
            }
        }
        let strides = shape.strides(stride);
        memory.write(isa, &mut grad[from * strides.row..], strides, size);
    }
}

/// The first class whose logit is the largest, or infinity beside NaN.
#[inline(always)]
fn first<L: Lanes>(columns: &[L::Array], max: L) -> L {
    let mut first = max.splat(L::Elem::INFINITY);
    for (class, x) in columns.iter().enumerate().rev() {
        // Exact: classes are few.
        let number = max.splat(L::Elem::from_f64(class as f64));
        first = select(L::load(max.isa(), x).eq(max), number, first);
    }
    first
}
