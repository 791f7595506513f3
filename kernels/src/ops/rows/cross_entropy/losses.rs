//! What the losses of a batch are computed from, for all rows at once at the end: a logarithm is
//! a long chain of dependent operations, and there one row need not wait for that of another.

use super::Options;
use super::target::Batch;
use crate::lanes::{Float, Isa, Lanes};
use crate::math::Math;
use crate::ops::rows::Row;
use crate::ops::rows::logsumexp::Ln1p;
use crate::sweep;

/// What the loss of a row is computed from: `max`, `sum_rest / exp_max` (with a z-loss, see
/// [`ratio_or_ln`]), `sum_c k_c` and `sum_c k_c (max - x_c) / 2`; 0 of a row left out.
pub(super) type Found<T> = [T; 4];

impl<E: Float> Row<'_, E> {
    /// A row that is left out: its gradient is 0.
    #[inline(always)]
    pub(super) fn left_out(self) -> Found<E> {
        if let Row::Write(row) = self {
            row.into_output().fill(E::ZERO);
        }
        [E::ZERO; 4]
    }
}

impl<E: Math> Batch<E> {
    /// Keeps what was found of one row.
    #[inline(always)]
    pub(super) fn put_row(&mut self, row: usize, [max, ratio, total, half_gap]: Found<E>) {
        self.logsumexp[row] = max;
        self.ratio[row] = ratio;
        self.total[row] = total;
        self.losses[row] = half_gap;
    }

    /// Keeps what was found of a register of rows.
    #[inline(always)]
    pub(super) fn put<L: Lanes<Elem = E>>(
        &mut self,
        from: usize,
        [max, ratio, total, half_gap]: Found<L>,
    ) {
        self.logsumexp.store(from, max);
        self.ratio.store(from, ratio);
        self.total.store(from, total);
        self.losses.store(from, half_gap);
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
            inline!(|(half_gap, max), (l, total)| loss(options, [max, l, total, half_gap])),
        );
    }
}

/// The loss, from what was found of it with `ln(1 + ratio)` as the second; and the logarithm of the
/// sum of exponentials.
#[inline(always)]
pub(super) fn loss<E: Math, L: Lanes<Elem = E>>(
    options: Options<'_, E>,
    [max, l, total, half_gap]: Found<L>,
) -> (L, L) {
    let loss = half_gap + half_gap + total * l;
    if options.z_loss == 0.0 {
        return (loss, max + l);
    }
    (loss + options.z(max + l).0, max + l)
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
