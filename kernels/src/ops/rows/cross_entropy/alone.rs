//! A row of few classes with few neighbours: its classes lie along a register, and the sums and
//! the loss are computed in every lane alike. The same bits as in a lane of its own.

use super::CrossEntropy;
use super::gradient::Gradient;
use super::losses::Found;
use super::weights::half_gap;
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes, first_lane};
use crate::math::{Math, ScaledExp, ln_1p};
use crate::ops::rows::Row;
use crate::ops::rows::factors::parts;
use crate::ops::rows::narrow::{FEW, are_few, of_one_row, scaled_less};
use crate::{Classes, Targets, sweep};

/// Whether so many rows are swept one by one: up to one in four lanes.
#[inline(always)]
pub(super) fn are_alone<E: Float, I: Isa>(rows: usize) -> bool {
    let most = const { <E::Lanes<I> as Lanes>::LANES / 4 };
    most > 0 && rows <= most
}

/// The loss of a call for one row, whose gradient is written; nothing where the row is left out
/// or the call asks for more. The same bits as in a batch, without the memory of one.
#[inline(always)]
pub(super) fn only<E: Math, I: Isa>(isa: I, call: &mut CrossEntropy<'_, E>) -> Option<E> {
    let (shape, options) = (call.shape, &call.options);
    let is_plain = are_alone::<E, I>(shape.rows)
        && shape.rows == 1
        && shape.classes != 2
        && shape.positions == 0
        && are_few::<E, I>(shape.classes)
        && options.share == 0.0
        && options.z_loss == 0.0
        && call.upstream.is_none()
        && call.row_weights.is_none()
        && call.outputs.are_none();
    let (Targets::Classes(classes), true) = (call.targets, is_plain) else { return None };
    let (class, (high, low, rest)) = (classes.get(0), parts(call.scale));
    if class == Classes::IGNORED || rest != E::ONE {
        return None;
    }
    let mut exponentials = Scratch::<E, FEW>::new();
    exponentials.reserve(shape.classes, E::ZERO);
    let row = call.logits.after(shape, 0).row(shape.classes);
    let weight = options.hard(class);
    let [_, ratio, total, half_gap] =
        self::row(isa, row, class, weight, (high, low), &mut exponentials);
    let l = first_lane(ln_1p::<E::Lanes<I>>(isa.splat(ratio)));
    Some(half_gap + half_gap + total * l)
}

/// What the loss of a row is computed from; its gradient is written. `factor` is that of the
/// gradient, and `e` has room for the exponentials. Not a kernel: the call would cost a twentieth
/// to a quarter of the time of a call for one row.
#[inline(always)]
pub(super) fn row<E: Math, I: Isa>(
    isa: I,
    row: Row<'_, E>,
    class: usize,
    weight: E,
    factor: (E, E),
    e: &mut [E],
) -> Found<E> {
    let x = row.values();
    let (zero, hard) = (isa.splat(E::ZERO), isa.splat(weight));
    let max = isa.splat(sweep::max(isa, x));
    let exp = ScaledExp::new(max);
    sweep::map(isa, x, &mut *e, inline!(|x| exp.exp(x)));
    let exponentials = of_one_row::<E::Lanes<I>>(isa, e);

    let half_gap = half_gap(hard, max, isa.splat(x[class])) + zero;
    let found = [first_lane(max), first_lane(exponentials.ratio()), weight, first_lane(half_gap)];
    let Row::Write(mut row) = row else { return found };
    let factor = (isa.splat(factor.0), isa.splat(factor.1));
    let gradient = Gradient::new(exponentials, factor, hard, zero);
    let (scale, less) = (gradient.scale_without_z(), factor.0 * E::ZERO);
    let own = gradient.of_target(hard, zero, isa.splat(e[class]));
    let grad = row.output();
    sweep::map(isa, &*e, &mut *grad, inline!(|e| scaled_less(e, scale, less)));
    grad[class] = first_lane(own);
    found
}
