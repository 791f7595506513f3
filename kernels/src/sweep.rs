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

mod blocks;
mod compensated;
mod factors;
mod fold;
mod padded;
mod parts;
mod stream;
mod transposed;

pub(crate) use blocks::{blocks, convert, interleave};
pub(crate) use compensated::sums_compensated;
pub use compensated::{sum_compensated, update_sum_compensated};
pub use factors::{Columns, Factors};
pub use fold::{abs_sum, dot, largest, max};
pub use padded::Padded;
pub(crate) use parts::PartialSum;
pub use stream::{Stream, StreamMut};
pub(crate) use transposed::{gather, scatter, update_columns, zip_columns};

use crate::isa::opaque;
use crate::lanes::{Float, Isa, Lanes};

/// Both streams cut to the length of the shorter.
#[inline(always)]
fn same_length<E: Float, I: Isa, S: Stream<E, I>, R: Stream<E, I>>(
    state: S,
    reads: R,
) -> (S, R, usize) {
    let len = state.len().min(reads.len());
    (state.split_at(len).0, reads.split_at(len).0, len)
}

/// Hands the registers of all whole groups to `visit`, with the number of each in its group.
/// Returns the rest of the streams: all of them on levels that take no groups.
#[inline(always)]
fn register_groups<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    state: S,
    reads: R,
    len: usize,
    mut visit: impl FnMut(S::Regs, R::Regs, usize) -> S::Regs,
) -> (S, R, usize) {
    if const { I::ROLLED } {
        return (state, reads, len);
    }
    let group = const { E::Lanes::<I>::GROUP };
    let size = const { E::Lanes::<I>::LANES * E::Lanes::<I>::GROUP };
    let (mut state, state_rest) = state.groups(len / size);
    let (reads, reads_rest) = reads.groups(len / size);
    for i in 0..len / size {
        for u in 0..group {
            let regs = visit(S::get(isa, &state, i, u), R::get(isa, &reads, i, u), u);
            S::put(&mut state, i, u, regs);
        }
    }
    (state_rest, reads_rest, len % size)
}

/// Hands one register after the other to `visit`, the last one filled with zeros; `visit`
/// gets the number of the register in its group, and how many elements there still are.
#[inline(always)]
fn registers<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    mut state: S,
    reads: R,
    len: usize,
    mut visit: impl FnMut(S::Regs, R::Regs, usize, usize) -> S::Regs,
) {
    let (lanes, group) = const { (E::Lanes::<I>::LANES, E::Lanes::<I>::GROUP) };
    // Hidden, because the compiler would unroll a loop of so few turns.
    let len = if const { I::ROLLED } { len } else { opaque(len) };
    let mut from = 0;
    while from < len {
        if const { E::Lanes::<I>::LANES == 1 } {
            // Keeps the compiler from vectorising this loop of single elements.
            core::hint::black_box(());
        }
        let (s, r) = (state.get_partial(isa, from), reads.get_partial(isa, from));
        state.put_partial(from, visit(s, r, from / lanes % group, len - from));
        from += lanes;
    }
}

/// Replaces `state` by `formula(state, reads)`.
#[inline(always)]
pub fn update<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> S::Regs,
) {
    let (state, reads, len) = same_length(state, reads);
    let (state, reads, len) =
        register_groups(isa, state, reads, len, inline!(|state, reads, _| formula(state, reads)));
    registers(isa, state, reads, len, inline!(|state, reads, _, _| formula(state, reads)));
}

/// Writes `formula(reads)` to `out`.
#[inline(always)]
pub fn map<E: Float, I: Isa, R: Stream<E, I>, W: StreamMut<E, I>>(
    isa: I,
    reads: R,
    out: W,
    formula: impl Fn(R::Regs) -> W::Regs,
) {
    // The compiler drops the read of `out`, which the formula does not use.
    update(isa, out, reads, inline!(|_, reads| formula(reads)));
}

/// [`update`], and the sum of the formula's second result over all elements.
#[inline(always)]
pub fn update_sum<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> (S::Regs, E::Lanes<I>),
) -> f64 {
    let (mut state, mut reads, mut len) = same_length(state, reads);
    // Made only if there is a second block, so that small calls do not pay for it.
    let mut total: Option<<E::Lanes<I> as Lanes>::Wides> = None;
    loop {
        let n = len.min(E::BLOCK);
        let (state_block, state_rest) = state.split_at(n);
        let (reads_block, reads_rest) = reads.split_at(n);
        let group = isa.splat(E::ZERO).group();
        let block = block_sum::<E, I, _, _>(isa, group, state_block, reads_block, n, &formula);
        let mut block = E::Lanes::<I>::widen_group(block);
        if let Some(total) = &total {
            add::<I::F64, _>(&mut block, *total);
        }
        (state, reads, len) = (state_rest, reads_rest, len - n);
        if len == 0 {
            return fold::<I::F64>(block.as_mut());
        }
        total = Some(block);
    }
}

/// The sum of `formula` over all elements.
#[inline(always)]
pub fn sum<E: Float, I: Isa, R: Stream<E, I>>(
    isa: I,
    reads: R,
    formula: impl Fn(R::Regs) -> E::Lanes<I>,
) -> f64 {
    update_sum(isa, (), reads, inline!(|(), reads| ((), formula(reads))))
}

/// One block's lanes, added to those that it begins with.
#[inline(always)]
fn block_sum<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    mut group: <E::Lanes<I> as Lanes>::Group,
    state: S,
    reads: R,
    len: usize,
    formula: &impl Fn(S::Regs, R::Regs) -> (S::Regs, E::Lanes<I>),
) -> <E::Lanes<I> as Lanes>::Group {
    let lanes = group.as_mut();
    let (state, reads, len) = register_groups(
        isa,
        state,
        reads,
        len,
        inline!(|state, reads, u| {
            let (state, term) = formula(state, reads);
            lanes[u] = lanes[u] + term;
            state
        }),
    );
    if len == 0 {
        return group;
    }
    // In a loop of its own, so that the one above keeps its lanes in registers.
    let mut all = group;
    let lanes = all.as_mut();
    registers(
        isa,
        state,
        reads,
        len,
        inline!(|state, reads, u, count| {
            let (state, term) = formula(state, reads);
            // Lanes beyond the end add 0, whatever the formula gives there.
            let term = if count < E::Lanes::<I>::LANES { term.keep_first(count) } else { term };
            lanes[u] = lanes[u] + term;
            state
        }),
    );
    all
}

/// Adds register by register.
#[inline(always)]
fn add<L: Lanes, A: AsRef<[L]> + AsMut<[L]>>(total: &mut A, block: A) {
    for (total, block) in total.as_mut().iter_mut().zip(block.as_ref()) {
        *total = *block + *total;
    }
}

/// The sum of registers in halving order.
#[inline(always)]
fn fold<W: Lanes>(wides: &mut [W]) -> W::Elem {
    let mut len = <[W]>::len(wides);
    while len > 1 {
        len /= 2;
        for i in 0..len {
            wides[i] = wides[i] + wides[i + len];
        }
    }
    wides[0].sum_lanes()
}
