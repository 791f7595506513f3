//! Rows of few classes, in lanes.

use super::Work;
use super::alone::{Alone, are_alone, most_alone};
use super::gradient::Gradient;
use super::losses::ratio_or_ln;
use super::plain::{Plain, has_plain_loops, is_plain};
use super::target::{Batch, LEFT_OUT};
use super::weights::{Sums, TargetWeights};
use crate::lanes::{Float, Isa, Lanes, Mask, select};
use crate::math::Math;
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
        let is_partial = shape.positions == 0 && count < lanes;
        let are_alone = is_partial && are_alone::<E, I>(count, shape.classes);
        if const { most_alone::<E, I>() > 0 } && are_alone {
            for r in from..shape.rows {
                one(isa, work, batch, r);
            }
            return;
        }
        let x = &work.logits.values()[from * strides.row..];
        let size = (shape.classes, count);
        let columns = memory.read(isa, x, strides, size);
        let (class, hard) = (batch.class.load(isa, from), batch.weight.load(isa, from));
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
        let share = isa.splat(E::from_f64(options.share_if_even())).keep_where(kept);
        let sums = if target.are_even() {
            let (share, of_max) =
                ((options.share_if_even() != 0.0).then_some(share), (max, x_of_target));
            Sums::where_even(columns, (hard, share), of_max, inline!(|x| Lanes::load(isa, x)))
        } else {
            let weights = weights.get_or_insert_with(Transposed::new);
            let weights = target.of_rows(work, batch, (from, count), weights);
            Sums::of(columns, weights, max, inline!(|x| Lanes::load(isa, x)))
        };
        let (exp, exponentials) = exponentiate_below(columns, max);
        let ratio = ratio_or_ln(options, exponentials.ratio().keep_where(kept));
        let max = max.keep_where(kept);
        batch.put(from, [max, ratio, sums.total, sums.half_gap]);
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

/// The gradient of one row, and what its loss is computed from.
#[inline(always)]
fn one<E: Math, I: Isa>(isa: I, work: &mut Work<'_, E>, batch: &mut Batch<E>, r: usize) {
    let target = work.target(r);
    let row = work.logits.after(work.shape, r).row(work.shape.classes);
    let Some(target) = target else { return batch.put_row(r, row.left_out()) };
    let factor = (batch.factors.high[r], batch.factors.low[r]);
    let (options, count_correct) = (work.options, work.count_correct);
    let alone = Alone { row, target, options, factor, count_correct };
    let (found, is_correct) = isa.dispatch_apart(alone);
    batch.put_row(r, found);
    batch.correct += u64::from(is_correct);
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
