//! What the losses of a batch are computed from, for all rows at once at the end: a logarithm is
//! a long chain of dependent operations, and there one row need not wait for that of another.

use super::Options;
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes};
use crate::math::Math;
use crate::ops::rows::BATCH;
use crate::ops::rows::logsumexp::Ln1p;
use crate::sweep;

/// One number of each row; 0 for a row left out.
pub(super) struct Found<E> {
    /// `max`
    pub(super) max: Scratch<E, BATCH>,
    /// `sum_rest / exp_max`
    pub(super) ratio: Scratch<E, BATCH>,
    /// `sum_c k_c`
    pub(super) total: Scratch<E, BATCH>,
    /// `sum_c k_c (max - x_c) / 2`
    pub(super) half_gap: Scratch<E, BATCH>,
}

impl<E: Math> Found<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        let (max, ratio) = (Scratch::new(), Scratch::new());
        Self { max, ratio, total: Scratch::new(), half_gap: Scratch::new() }
    }

    /// Makes room for a batch.
    #[inline(always)]
    pub(super) fn reserve(&mut self, rows: usize) {
        for numbers in [&mut self.max, &mut self.ratio, &mut self.total, &mut self.half_gap] {
            numbers.reserve(rows, E::ZERO);
        }
    }

    /// Writes those of one row.
    #[inline(always)]
    pub(super) fn put_row(&mut self, row: usize, [max, ratio, total, half_gap]: [E; 4]) {
        self.max[row] = max;
        self.ratio[row] = ratio;
        self.total[row] = total;
        self.half_gap[row] = half_gap;
    }

    /// Writes those of rows that lie in lanes.
    #[inline(always)]
    pub(super) fn put<L: Lanes<Elem = E>>(
        &mut self,
        rows: core::ops::Range<usize>,
        [max, ratio, total, half_gap]: [L; 4],
    ) {
        max.store_partial(&mut self.max[rows.clone()]);
        ratio.store_partial(&mut self.ratio[rows.clone()]);
        total.store_partial(&mut self.total[rows.clone()]);
        half_gap.store_partial(&mut self.half_gap[rows]);
    }

    /// Writes losses and logarithms of sums of exponentials.
    #[inline(always)]
    pub(super) fn finish<I: Isa>(
        &mut self,
        isa: I,
        options: Options<'_, E>,
        losses: &mut [E],
        logsumexp: &mut [E],
    ) {
        let rows = losses.len();
        isa.dispatch(Ln1p(&mut self.ratio[..rows]));
        sweep::map(
            isa,
            (&self.max[..rows], &self.ratio[..rows], &self.total[..rows], &self.half_gap[..rows]),
            (losses, logsumexp),
            inline!(|(max, l, total, half_gap)| {
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
