//! Short groups of one length: a register holds an element of as many groups as it has
//! lanes.

use crate::lanes::{Aligned, part};
use crate::norm::all_in_range;
use crate::{Lanes, sweep};

/// Elements of a group whose squares are added one after the other, wherever the
/// group lies, so that its place does not matter.
pub(crate) const SHORT: usize = 32;

/// Memory for the elements of a register's groups.
pub(crate) type Columns<L> = Aligned<[<L as Lanes>::Array; SHORT]>;

/// What the elements of a register's groups come to.
pub(crate) struct Known<L: Lanes> {
    /// The Euclidean norms.
    pub(crate) norms: L::Wide,
    /// The groups that are nothing but zeros.
    pub(crate) zero: L::Mask,
}

/// Reads `count` groups, a column for each of their elements; `None` if the norm of one
/// needs more care.
#[inline(always)]
pub(crate) fn read<L: Lanes>(
    from: &[L::Elem],
    count: usize,
    zero: L,
    columns: &mut [L::Array],
) -> Option<Known<L>> {
    sweep::gather(from, columns.len(), count, zero, columns);
    let mut sums = zero.widen();
    let mut any = zero;
    for column in &*columns {
        let x = L::load(zero.isa(), column);
        any = any.or_bits(x.abs());
        for (sum, x) in sums.as_mut().iter_mut().zip(x.widen().as_ref()) {
            *sum = *sum + *x * *x;
        }
    }
    for (i, sum) in sums.as_mut().iter_mut().enumerate() {
        if !all_in_range::<L::Elem, _>(*sum, part(any, i)) {
            return None;
        }
        *sum = sum.sqrt();
    }
    Some(Known { norms: sums, zero: any.eq(zero) })
}
