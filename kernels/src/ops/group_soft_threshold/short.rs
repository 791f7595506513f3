//! Group soft-threshold of short groups of one length: a register holds an element
//! of as many groups as it has lanes.

use super::factors;
use crate::lanes::{narrowed, part};
use crate::norm::in_range;
use crate::{Float, Isa, Lanes, Mask, sweep};

/// Elements of a group whose squares are added one after the other, wherever the
/// group lies, so that its place does not matter.
pub(super) const SHORT: usize = 32;

/// Reads the groups of `len` from `x`, or from `out`, and writes them; counts zeros.
/// Gives back `None`, with nothing written, if the norm of one needs more care.
#[inline(always)]
pub(super) fn soft_threshold<E: Float, I: Isa>(
    isa: I,
    x: Option<&[E]>,
    out: &mut [E],
    len: usize,
    lambda: f64,
) -> Option<usize> {
    let count = out.len() / len;
    let zero = E::Lanes::<I>::splat(isa, E::ZERO);
    let mut columns = [zero.to_array(); SHORT];
    let columns = &mut columns[..len];
    sweep::gather(x.unwrap_or(out), len, count, zero, columns);

    let mut sums = zero.widen();
    let mut any = zero;
    for column in &*columns {
        let x = E::Lanes::<I>::load(isa, column);
        any = any.or_bits(x.abs());
        for (sum, x) in sums.as_mut().iter_mut().zip(x.widen().as_ref()) {
            *sum = sum.add(x.mul(*x));
        }
    }
    for (i, sum) in sums.as_ref().iter().enumerate() {
        let any = part(any, i).to_array();
        let plain = |(sum, any): (&f64, &f64)| *any == 0.0 || in_range::<E>(*sum);
        if !sum.to_array().as_ref().iter().zip(any.as_ref()).all(plain) {
            return None;
        }
    }
    let factor = narrowed(
        zero,
        #[inline(always)]
        |i| factors(sums.as_ref()[i].sqrt(), lambda),
    );
    let nothing_left = factor.eq(zero);
    let mut zeros = 0;
    for column in columns.iter_mut() {
        // Not a product alone: infinite elements below an infinite threshold are 0,
        // too; and -0 + 0 is +0.
        let x = E::Lanes::<I>::load(isa, column).mul(factor).add(zero).zero_where(nothing_left);
        zeros += x.eq(zero).count();
        x.store(column);
    }
    sweep::scatter::<E::Lanes<I>>(isa, columns, out, len, count);
    // Lanes beyond the last group hold nothing but zeros.
    Some(zeros - len * (E::Lanes::<I>::LANES - count))
}
