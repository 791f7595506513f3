//! Rows of few classes, as many as a register has lanes at a time: register `c`
//! holds class `c` of each row. Each row adds its classes in order, so results
//! do not depend on the width of registers.

use super::{BATCH, Batch, FEW, Logits};
use crate::math::{Math, exp_nonpositive};
use crate::{Isa, Lanes, Targets};

#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    mut logits: Logits<'_, E>,
    classes: usize,
    class: &[usize],
    factor: &[E; BATCH],
    batch: &mut Batch<E>,
) {
    let lanes = E::Lanes::<I>::LANES;
    let mut from = 0;
    while from < class.len() {
        let rows = lanes.min(class.len() - from);
        let logits = logits.range(from * classes..(from + rows) * classes);
        let class = &class[from..from + rows];
        let factor = &factor[from..from + rows];
        let (gap, others) = registers::<E, I>(isa, logits, classes, class, factor);
        gap.store_partial(&mut batch.gap[from..from + rows]);
        others.store_partial(&mut batch.others[from..from + rows]);
        from += rows;
    }
}

/// `m - x_y` and the sum of all exponentials but one maximum's, of each row.
#[inline(always)]
fn registers<E: Math, I: Isa>(
    isa: I,
    mut logits: Logits<'_, E>,
    classes: usize,
    class: &[usize],
    factor: &[E],
) -> (E::Lanes<I>, E::Lanes<I>) {
    let splat = |x| E::Lanes::<I>::splat(isa, x);
    let (zero, one) = (splat(E::ZERO), splat(E::ONE));

    // The class of each row as a number, which is none where the row is left out.
    let mut target = zero.to_array();
    for (lane, class) in target.as_mut().iter_mut().zip(class) {
        let known = *class != Targets::IGNORED;
        #[allow(clippy::cast_precision_loss)] // below FEW
        let number = if known { *class as f64 } else { -1.0 };
        *lane = E::from_f64(number);
    }
    let target = E::Lanes::<I>::load(isa, &target);
    let ignored = target.lt(zero);

    let mut column = [zero; FEW];
    let column = &mut column[..classes.min(FEW)];
    let mut m = splat(-E::INFINITY);
    let mut x_y = zero;
    let mut number = zero;
    for (c, column) in column.iter_mut().enumerate() {
        let x = E::Lanes::<I>::load_strided(zero, &logits.values()[c..], classes);
        *column = x;
        m = m.max_or_self(x);
        x_y = E::Lanes::<I>::select(target.eq(number), x, x_y);
        number = number.add(one);
    }

    // One maximum's 1 is left out of the sum; what further maxima give is exact.
    let mut others = zero.sub(one);
    let mut small = zero;
    for column in column.iter_mut() {
        let largest = E::Lanes::<I>::select(column.eq(m), one, zero);
        *column = exp_nonpositive(column.sub(m));
        small = small.add(column.sub(largest));
        others = others.add(largest);
    }
    let others = others.add(small);

    if let Some(grad) = logits.grad() {
        let denominator = one.add(others);
        let scale = E::Lanes::<I>::load_partial(factor, zero).div(denominator);
        let mut number = zero;
        for (c, column) in column.iter().enumerate() {
            let is_target = target.eq(number);
            // All classes but this one, without a difference of nearly equal numbers.
            let rest = E::Lanes::<I>::select(x_y.eq(m), others, denominator.sub(*column));
            let share = E::Lanes::<I>::select(is_target, zero.sub(rest), *column);
            let share = share.mul(scale);
            let share = E::Lanes::<I>::select(ignored, zero, share);
            share.store_strided(&mut grad[c..], classes);
            number = number.add(one);
        }
    }
    let gap = E::Lanes::<I>::select(ignored, zero, m.sub(x_y));
    (gap, E::Lanes::<I>::select(ignored, zero, others))
}
