//! Groups of neighbouring elements of a slice.

pub(crate) mod short;

use crate::lanes::first_lane;
use crate::norm::{Norm, in_range, scaled};
use crate::split::Cut;
use crate::{Float, Isa, Kernel, Lanes, sweep};
use short::SHORT;

/// How the elements of a slice form groups: neighbours belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups<'o> {
    /// This many elements each; at least 1.
    OfLength(usize),
    /// Group `g` is `offsets[g]..offsets[g + 1]`, counted from `offsets[0]`.
    Offsets(&'o [usize]),
}

impl Groups<'_> {
    /// Groups among `elements`.
    #[must_use]
    pub fn count(self, elements: usize) -> usize {
        match self {
            Groups::OfLength(len) => elements / len,
            Groups::Offsets(offsets) => offsets.len().saturating_sub(1),
        }
    }

    /// Elements of group `g`, which must exist.
    #[inline(always)]
    pub(crate) fn len(self, g: usize) -> usize {
        match self {
            Groups::OfLength(len) => len,
            Groups::Offsets(offsets) => offsets[g + 1] - offsets[g],
        }
    }

    /// Elements of the first `mid` groups.
    pub(crate) fn elements(self, mid: usize) -> usize {
        match self {
            Groups::OfLength(len) => len * mid,
            Groups::Offsets(offsets) => offsets[mid] - offsets[0],
        }
    }

    /// The first `mid` groups, and the rest.
    pub(crate) fn split_at(self, mid: usize) -> (Self, Self) {
        match self {
            Groups::OfLength(_) => (self, self),
            Groups::Offsets(offsets) => {
                (Groups::Offsets(&offsets[..=mid]), Groups::Offsets(&offsets[mid..]))
            }
        }
    }

    /// Groups in a piece of work, which has about 32 Ki elements.
    pub(crate) fn leaf(self, elements: usize) -> usize {
        (32_768 / self.average(elements)).max(1)
    }

    /// Elements of a group, on average, rounded up; at least 1.
    pub(crate) fn average(self, elements: usize) -> usize {
        elements.div_ceil(self.count(elements).max(1)).max(1)
    }
}

/// Folds all groups in their order. Of groups of one length of at most `longest` elements,
/// `short` folds the first ones of what is left, as many as it is told, or has no result and has
/// written nothing; `one` folds any other group.
#[inline(always)]
pub(crate) fn fold<L: Lanes, T: Cut, A: Copy>(
    groups: Groups<'_>,
    all: usize,
    longest: usize,
    mut parts: T,
    mut result: A,
    mut short: impl FnMut(&mut T, usize, usize, A) -> Option<A>,
    mut one: impl FnMut(T, A) -> A,
) -> A {
    let mut g = 0;
    while g < all {
        if let Groups::OfLength(len) = groups
            && (1..=longest).contains(&len)
        {
            let count = L::LANES.min(all - g);
            if let Some(next) = short(&mut parts, len, count, result) {
                (g, result, parts) = (g + count, next, parts.cut(count * len).1);
                continue;
            }
        }
        let (group, rest) = parts.cut(groups.len(g));
        (g, result, parts) = (g + 1, one(group, result), rest);
    }
    result
}

/// The sum of the squares of a long group: a kernel, so that it is compiled once for everything on
/// groups.
struct SumOfSquares<'a, E>(&'a [E]);

impl<E: Float> Kernel for SumOfSquares<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        sweep::dot(isa, self.0, self.0)
    }
}

/// The norm of a group.
#[inline(always)]
pub(crate) fn norm<E: Float, I: Isa>(isa: I, x: &[E]) -> Norm {
    let sum = if x.len() <= SHORT {
        // One after the other, so that the result does not depend on where the group is.
        let mut sum = 0.0;
        for x in x {
            sum += x.to_f64() * x.to_f64();
        }
        sum
    } else {
        isa.dispatch(SumOfSquares(x))
    };
    if in_range::<E>(sum) {
        let root = first_lane(isa.splat(sum).sqrt());
        Norm { root, exponent: 0 }
    } else {
        scaled(core::iter::once(x))
    }
}
