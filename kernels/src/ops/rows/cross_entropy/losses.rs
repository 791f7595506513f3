//! What the losses of a batch are computed from, for all rows at once at the end: a logarithm is
//! a long chain of dependent operations, and there one row need not wait for that of another.

use super::Options;
use super::target::Batch;
use crate::lanes::{Isa, Lanes};
use crate::math::Math;
use crate::ops::rows::logsumexp::Ln1p;
use crate::sweep;
use core::ops::Range;

/// What the loss of a row is computed from: `max`, `sum_rest / exp_max`, `sum_c k_c` and
/// `sum_c k_c (max - x_c) / 2`; 0 of a row left out.
pub(super) type Found<T> = [T; 4];

impl<E: Math> Batch<E> {
    /// Keeps what was found of one row.
    #[inline(always)]
    pub(super) fn put_row(&mut self, row: usize, [max, ratio, total, half_gap]: Found<E>) {
        self.logsumexp[row] = max;
        self.ratio[row] = ratio;
        self.total[row] = total;
        self.losses[row] = half_gap;
    }

    /// Keeps what was found of rows that lie in lanes.
    #[inline(always)]
    pub(super) fn put<L: Lanes<Elem = E>>(
        &mut self,
        rows: Range<usize>,
        [max, ratio, total, half_gap]: Found<L>,
    ) {
        max.store_partial(&mut self.logsumexp[rows.clone()]);
        ratio.store_partial(&mut self.ratio[rows.clone()]);
        total.store_partial(&mut self.total[rows.clone()]);
        half_gap.store_partial(&mut self.losses[rows]);
    }

    /// Computes losses and logarithms of sums of exponentials from what was found.
    #[inline(always)]
    pub(super) fn finish<I: Isa>(&mut self, isa: I, options: Options<'_, E>, rows: usize) {
        isa.dispatch(Ln1p(&mut self.ratio[..rows]));
        sweep::update(
            isa,
            (&mut self.losses[..rows], &mut self.logsumexp[..rows]),
            (&self.ratio[..rows], &self.total[..rows]),
            inline!(|(half_gap, max), (l, total)| {
                let loss = half_gap + half_gap + total * l;
                if options.z_loss == 0.0 {
                    return (loss, max + l);
                }
                (loss + options.z(max + l).0, max + l)
            }),
        );
    }
}

/// Replaces each `max` by `2 z logsumexp`, the derivative of the z-loss; ratios are used up. Not
/// inlined: the logarithm would take registers away from those who have no z-loss.
#[inline(never)]
pub(super) fn slopes_of_z<E: Math, I: Isa>(
    isa: I,
    options: Options<'_, E>,
    max: &mut [E],
    ratio: &mut [E],
) {
    isa.dispatch(Ln1p(&mut *ratio));
    for (max, l) in max.iter_mut().zip(ratio) {
        *max = E::from_f64(options.z_of((*max + *l).to_f64()).1);
    }
}
