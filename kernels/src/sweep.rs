//! All loops and all tails.
//!
//! A sweep walks slices of equal length register by register and hands each
//! register to a formula. What is left after the last whole group runs the same
//! formula on partly filled registers, so an element's result never depends on
//! its place.
//!
//! Sums have one layout on every level: element `i` belongs to virtual lane
//! `i mod` [`Float::VIRTUAL`], a lane adds its terms in order for one
//! [`Float::BLOCK`], blocks add up per lane in `f64`, and lanes join in halving
//! order at the end.

mod columns;
mod compensated;
mod fold;
mod stream;
mod transposed;

pub use columns::Columns;
pub use compensated::{sum_compensated, update_sum_compensated};
pub use fold::{abs_sum, dot, largest, max};
pub use stream::{Stream, StreamMut};
pub(crate) use transposed::{gather, scatter};

use crate::lanes::{Double, Float, Lanes};

/// Both streams cut to the length of the shorter.
#[inline(always)]
fn same_length<L: Lanes, S: Stream<L>, R: Stream<L>>(state: S, reads: R) -> (S, R, usize) {
    let len = state.len().min(reads.len());
    (state.split_at(len).0, reads.split_at(len).0, len)
}

/// Replaces `state` by `formula(state, reads)`.
///
/// What the formula gives for a slice that it need not read is written all the
/// same, so an output is a state whose old value is ignored.
#[inline(always)]
pub fn update<L: Lanes, S: StreamMut<L>, R: Stream<L>>(
    isa: L::Isa,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> S::Regs,
) {
    let (state, reads, len) = same_length(state, reads);
    let (state_slots, mut state) = state.slots();
    let (reads_slots, reads) = reads.slots();
    for (mut s, r) in state_slots.zip(reads_slots) {
        for u in 0..L::GROUP {
            let regs = formula(S::get(isa, &s, u), R::get(isa, &r, u));
            S::put(&mut s, u, regs);
        }
    }
    let rest = len % (L::LANES * L::GROUP);
    for from in (0..rest).step_by(L::LANES) {
        let regs = formula(state.get_partial(isa, from), reads.get_partial(isa, from));
        state.put_partial(from, regs);
    }
}

/// [`update`], and the sum of the formula's second result over all elements.
#[inline(always)]
pub fn update_sum<L: Lanes, S: StreamMut<L>, R: Stream<L>>(
    isa: L::Isa,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> (S::Regs, L),
) -> f64 {
    let (mut state, mut reads, mut len) = same_length(state, reads);
    let mut total = zero_wides::<L>(isa);
    while len > 0 {
        let n = len.min(L::Elem::BLOCK);
        let (state_block, state_rest) = state.split_at(n);
        let (reads_block, reads_rest) = reads.split_at(n);
        let block = block_sum::<L, _, _>(isa, state_block, reads_block, n, &formula);
        add::<Double<L>, _>(&mut total, L::widen_group(block));
        (state, reads, len) = (state_rest, reads_rest, len - n);
    }
    fold::<Double<L>>(total.as_mut())
}

/// One block's lanes.
#[inline(always)]
fn block_sum<L: Lanes, S: StreamMut<L>, R: Stream<L>>(
    isa: L::Isa,
    state: S,
    reads: R,
    len: usize,
    formula: &impl Fn(S::Regs, R::Regs) -> (S::Regs, L),
) -> L::Group {
    let mut group = L::splat(isa, L::Elem::ZERO).group();
    let lanes = group.as_mut();
    let (state_slots, mut state) = state.slots();
    let (reads_slots, reads) = reads.slots();
    for (mut s, r) in state_slots.zip(reads_slots) {
        for (u, lane) in lanes.iter_mut().enumerate() {
            let (regs, term) = formula(S::get(isa, &s, u), R::get(isa, &r, u));
            S::put(&mut s, u, regs);
            *lane = lane.add(term);
        }
    }
    let rest = len % (L::LANES * L::GROUP);
    for (lane, from) in lanes.iter_mut().zip((0..rest).step_by(L::LANES)) {
        let (regs, term) = formula(state.get_partial(isa, from), reads.get_partial(isa, from));
        state.put_partial(from, regs);
        // Lanes beyond the end must add nothing, whatever the formula gives there.
        *lane = lane.add(term.keep_first(rest - from));
    }
    group
}

/// Nothing in each virtual lane.
#[inline(always)]
fn zero_wides<L: Lanes>(isa: L::Isa) -> L::Wides {
    L::widen_group(L::splat(isa, L::Elem::ZERO).group())
}

#[inline(always)]
fn add<W: Lanes, A: AsRef<[W]> + AsMut<[W]>>(total: &mut A, block: A) {
    for (total, block) in total.as_mut().iter_mut().zip(block.as_ref()) {
        *total = total.add(*block);
    }
}

/// The sum of registers in halving order.
#[inline(always)]
fn fold<W: Lanes>(wides: &mut [W]) -> W::Elem {
    let mut len = <[W]>::len(wides);
    while len > 1 {
        len /= 2;
        for i in 0..len {
            wides[i] = wides[i].add(wides[i + len]);
        }
    }
    wides[0].sum_lanes()
}

/// The sum of `formula` over all elements.
#[inline(always)]
pub fn sum<L: Lanes, R: Stream<L>>(isa: L::Isa, reads: R, formula: impl Fn(R::Regs) -> L) -> f64 {
    update_sum(
        isa,
        (),
        reads,
        #[inline(always)]
        |(), regs| ((), formula(regs)),
    )
}
