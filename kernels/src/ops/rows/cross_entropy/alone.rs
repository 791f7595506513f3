//! A row of few classes with few neighbours: its classes lie along a register, and the sums and
//! the loss are computed in every lane alike. The same bits as in a lane of its own.

use super::Work;
use super::gradient::Gradient;
use super::target::Batch;
use super::weights::half_gap;
use crate::lanes::{Isa, Lanes};
use crate::math::{Math, ScaledExp, ln_1p};
use crate::ops::rows::Row;
use crate::ops::rows::narrow::{Transposed, of_one_row, scaled_less};
use crate::sweep;

/// Loss and gradient of row `r` of a batch, none of whose rows is left out, with a class as
/// target and no further option.
#[inline(always)]
pub(super) fn row<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
    r: usize,
) {
    let row = work.logits.after(work.shape, r).row(work.shape.classes);
    let x = row.values();
    let class = batch.class[r].to_f64() as usize;
    let (zero, hard) = (isa.splat(E::ZERO), isa.splat(batch.weight[r]));
    let max = isa.splat(sweep::max(isa, x));
    let exp = ScaledExp::new(max);
    let e = memory.row(x.len());
    sweep::map(isa, x, &mut *e, inline!(|x| exp.exp(x)));
    let exponentials = of_one_row::<E::Lanes<I>>(isa, e);

    let half_gap = half_gap(hard, max, isa.splat(x[class])) + zero;
    let l = ln_1p(exponentials.ratio());
    (half_gap + half_gap + hard * l).store_partial(&mut batch.losses[r..=r]);
    (max + l).store_partial(&mut batch.logsumexp[r..=r]);

    let Row::Write(mut row) = row else { return };
    let factor = (isa.splat(batch.factors.high[r]), isa.splat(batch.factors.low[r]));
    let gradient = Gradient::new(exponentials, factor, hard, zero);
    let (scale, less) = (gradient.scale(), factor.0 * E::ZERO);
    let own = gradient.of_target(hard, zero, isa.splat(e[class]));
    let grad = row.output();
    sweep::map(isa, &*e, &mut *grad, inline!(|e| scaled_less(e, scale, less)));
    own.store_partial(&mut grad[class..=class]);
}
