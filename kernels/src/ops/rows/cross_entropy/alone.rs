//! A row of few classes with few neighbours: its classes lie along a register, and the sums and
//! the loss are computed in every lane alike. The same bits as in a lane of its own.

use super::CrossEntropy;
use super::gradient::Gradient;
use super::losses::Found;
use super::weights::half_gap;
use crate::lanes::{Aligned, Float, Isa, Lanes, first_lane};
use crate::math::{Math, ScaledExp, ln_1p};
use crate::ops::rows::Row;
use crate::ops::rows::factors::parts;
use crate::ops::rows::narrow::{Array, FEW, are_few, of_one_row, scaled_less};
use crate::{Classes, Targets};

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
    let mut memory = Aligned([E::ZERO; FEW]);
    let exponentials = E::Lanes::<I>::arrays_mut(&mut memory.0).0;
    let row = call.logits.after(shape, 0).row(shape.classes);
    let weight = options.hard(class);
    let [_, ratio, total, half_gap] = self::row(isa, row, class, weight, (high, low), exponentials);
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
    e: &mut [Array<E, I>],
) -> Found<E> {
    let x = row.values();
    let lanes = const { <E::Lanes<I> as Lanes>::LANES };
    let e = &mut e[..x.len().div_ceil(lanes)];
    let (zero, hard) = (isa.splat(E::ZERO), isa.splat(weight));
    // What is beyond the row changes neither its maximum nor the sum of its exponentials.
    let lowest = isa.splat(-E::INFINITY);
    let mut max: E::Lanes<I> = lowest;
    for (k, e) in e.iter_mut().enumerate() {
        let x = Lanes::load_partial(&x[k * lanes..], lowest);
        max = max.max_or_self(x);
        x.store(e);
    }
    let max = isa.splat(max.max_lanes());
    let exp = ScaledExp::new(max);
    for e in e.iter_mut() {
        exp.exp(Lanes::load(isa, e)).store(e);
    }
    let exponentials = of_one_row::<E::Lanes<I>>(isa, x.len(), e);

    let half_gap = half_gap(hard, max, isa.splat(x[class])) + zero;
    let found = [first_lane(max), first_lane(exponentials.ratio()), weight, first_lane(half_gap)];
    let Row::Write(mut row) = row else { return found };
    let factor = (isa.splat(factor.0), isa.splat(factor.1));
    let gradient = Gradient::new(exponentials, factor, hard, zero);
    let (scale, less) = (gradient.scale_without_z(), factor.0 * E::ZERO);
    let own = gradient.of_target(hard, zero, isa.splat(e[class / lanes].as_ref()[class % lanes]));
    let grad = row.output();
    for (k, e) in e.iter().enumerate() {
        scaled_less(Lanes::load(isa, e), scale, less).store_partial(&mut grad[k * lanes..]);
    }
    grad[class] = first_lane(own);
    found
}
