//! What the losses of a batch are computed from, for all rows at once at the end: a logarithm is
//! a long chain of dependent operations, and there one row need not wait for that of another.

use super::Options;
use super::target::Batch;
use crate::lanes::{Isa, Lanes};
use crate::math::Math;
use crate::ops::rows::logsumexp::Ln1p;
use crate::sweep;
use core::ops::Range;

/// What the loss of a row is computed from: `max`, `sum_rest / exp_max` (with a z-loss, see
/// [`ratio_or_ln`]), `sum_c k_c` and `sum_c k_c (max - x_c) / 2`; 0 of a row left out.
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
        if options.z_loss == 0.0 {
            isa.dispatch(Ln1p(&mut self.ratio[..rows]));
        }
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

/// `ratio` as [`Batch::put`] wants it: where there is a z-loss, whose derivative needs it at once,
/// `ln(1 + ratio)`. That is not inlined: it would take registers away from those without.
#[inline(always)]
pub(super) fn ratio_or_ln<E: Math, L: Lanes<Elem = E>>(options: Options<'_, E>, ratio: L) -> L {
    if options.z_loss == 0.0 {
        return ratio;
    }
    let mut l = ratio.to_array();
    ratio.isa().dispatch_apart(Ln1p(l.as_mut()));
    L::load(ratio.isa(), &l)
}
