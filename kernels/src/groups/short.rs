//! Short groups of one length: a register holds an element of as many groups as it has
//! lanes.

use crate::lanes::{Aligned, part};
use crate::norm::all_in_range;
use crate::{Lanes, sweep};

/// The length up to which a group is short: its squares are added one after the other,
/// so that the sum does not depend on where the group is.
pub(crate) const SHORT: usize = 32;

/// Memory for as many short groups as a register has lanes: a register for each element of a
/// group, with a group in each lane.
pub(crate) type ShortGroups<L> = Aligned<[<L as Lanes>::Array; SHORT]>;

/// The norms of as many groups as a register has lanes.
pub(crate) struct Known<L: Lanes> {
    /// The Euclidean norms.
    pub(crate) norms: L::Wide,
    /// The groups whose elements are all 0.
    pub(crate) zero: L::Mask,
}

impl<L: Lanes> Known<L> {
    /// Adds the norms to `sum` in the order of the groups, as those of long ones are added; lanes
    /// without a group are 0.
    #[inline(always)]
    pub(crate) fn add_norms(&self, mut sum: f64) -> f64 {
        for norms in self.norms.as_ref() {
            for norm in norms.to_array().as_ref() {
                sum += norm;
            }
        }
        sum
    }
}

/// Reads `count` groups and computes their norms; `None` if the sum of squares of a group
/// overflows or underflows.
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
