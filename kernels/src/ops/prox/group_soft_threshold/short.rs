//! Group soft-threshold of short groups of one length.

use super::factors;
use crate::groups::short::{ShortGroups, read};
use crate::lanes::narrowed;
use crate::{Float, InOut, Isa, Lanes, Mask, sweep};

/// Shrinks the groups of `len` elements in `x`; counts zeros. Returns `None`, with nothing
/// written, if the sum of squares of a group overflows or underflows.
#[inline(always)]
pub(super) fn soft_threshold<E: Float, I: Isa>(
    isa: I,
    mut x: InOut<'_, E>,
    len: usize,
    lambda: f64,
    columns: &mut ShortGroups<E::Lanes<I>>,
) -> Option<usize> {
    let count = x.len() / len;
    let zero = isa.splat(E::ZERO);
    let columns = &mut columns.0[..len];
    let known = read(x.input(), count, zero, columns)?;
    let factor = narrowed(zero, inline!(|i| factors(known.norms.as_ref()[i], lambda)));
    let nothing_left = factor.eq(zero);
    let mut zeros = 0;
    sweep::update_columns(
        isa,
        columns,
        inline!(|x: E::Lanes<I>| {
            // Not a product alone: infinite elements below an infinite threshold are 0,
            // too; and -0 + 0 is +0.
            let x = (x * factor + zero).zero_where(nothing_left);
            zeros += x.eq(zero).count();
            x
        }),
    );
    sweep::scatter::<E::Lanes<I>>(isa, columns, x.output(), len, count);
    // Lanes beyond the last group hold nothing but zeros.
    Some(zeros - len * (E::Lanes::<I>::LANES - count))
}
