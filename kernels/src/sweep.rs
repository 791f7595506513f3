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

mod fold;

pub use fold::{abs_sum, dot, largest, max};

use crate::lanes::{Float, Lanes, fold_halving};

/// Slices that are walked in step: one slice, or a tuple of them.
pub trait Stream<L: Lanes>: Sized {
    /// The registers at one place, in the shape of the slices.
    type Regs: Copy;
    /// A group of registers in memory.
    type Slot;
    /// Whole groups.
    type Slots: Iterator<Item = Self::Slot>;

    /// Elements; the shortest slice decides.
    fn len(&self) -> usize;
    /// Whether there are no elements.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The first `mid` elements, and the rest.
    fn split_at(self, mid: usize) -> (Self, Self);
    /// Whole groups, and the rest.
    fn slots(self) -> (Self::Slots, Self);
    /// Reads register `u` of a group.
    fn get(isa: L::Isa, slot: &Self::Slot, u: usize) -> Self::Regs;
    /// Reads the register that starts at element `from`; 0 beyond the end.
    fn get_partial(&self, isa: L::Isa, from: usize) -> Self::Regs;
}

/// A [`Stream`] that can be written.
pub trait StreamMut<L: Lanes>: Stream<L> {
    /// Writes register `u` of a group.
    fn put(slot: &mut Self::Slot, u: usize, regs: Self::Regs);
    /// Writes the register that starts at element `from`, up to the end.
    fn put_partial(&mut self, from: usize, regs: Self::Regs);
}

impl<'a, L: Lanes> Stream<L> for &'a [L::Elem]
where
    L::Slot: 'a,
{
    type Regs = L;
    type Slot = &'a L::Slot;
    type Slots = core::slice::Iter<'a, L::Slot>;

    #[inline(always)]
    fn len(&self) -> usize {
        (**self).len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        // A cut beyond the end is at the end: no path panics.
        self.split_at_checked(mid).unwrap_or((self, &[]))
    }
    #[inline(always)]
    fn slots(self) -> (Self::Slots, Self) {
        let (whole, rest) = L::slots(self);
        (whole.iter(), rest)
    }
    #[inline(always)]
    fn get(isa: L::Isa, slot: &Self::Slot, u: usize) -> L {
        L::load(isa, &slot.as_ref()[u])
    }
    #[inline(always)]
    fn get_partial(&self, isa: L::Isa, from: usize) -> L {
        L::load_partial(self.get(from..).unwrap_or_default(), L::splat(isa, L::Elem::ZERO))
    }
}

impl<'a, L: Lanes> Stream<L> for &'a mut [L::Elem]
where
    L::Slot: 'a,
{
    type Regs = L;
    type Slot = &'a mut L::Slot;
    type Slots = core::slice::IterMut<'a, L::Slot>;

    #[inline(always)]
    fn len(&self) -> usize {
        (**self).len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        let mid = mid.min(<[L::Elem]>::len(self));
        self.split_at_mut(mid)
    }
    #[inline(always)]
    fn slots(self) -> (Self::Slots, Self) {
        let (whole, rest) = L::slots_mut(self);
        (whole.iter_mut(), rest)
    }
    #[inline(always)]
    fn get(isa: L::Isa, slot: &Self::Slot, u: usize) -> L {
        L::load(isa, &slot.as_ref()[u])
    }
    #[inline(always)]
    fn get_partial(&self, isa: L::Isa, from: usize) -> L {
        L::load_partial(self.get(from..).unwrap_or_default(), L::splat(isa, L::Elem::ZERO))
    }
}

impl<'a, L: Lanes> StreamMut<L> for &'a mut [L::Elem]
where
    L::Slot: 'a,
{
    #[inline(always)]
    fn put(slot: &mut Self::Slot, u: usize, regs: L) {
        regs.store(&mut slot.as_mut()[u]);
    }
    #[inline(always)]
    fn put_partial(&mut self, from: usize, regs: L) {
        regs.store_partial(self.get_mut(from..).unwrap_or_default());
    }
}

/// No slice at all: nothing to read, and writing does nothing.
impl<L: Lanes> Stream<L> for () {
    type Regs = ();
    type Slot = ();
    type Slots = core::iter::Repeat<()>;

    #[inline(always)]
    fn len(&self) -> usize {
        usize::MAX
    }
    #[inline(always)]
    fn split_at(self, _: usize) -> (Self, Self) {
        ((), ())
    }
    #[inline(always)]
    fn slots(self) -> (Self::Slots, Self) {
        (core::iter::repeat(()), ())
    }
    #[inline(always)]
    fn get(_: L::Isa, (): &(), _: usize) {}
    #[inline(always)]
    fn get_partial(&self, _: L::Isa, _: usize) {}
}

impl<L: Lanes> StreamMut<L> for () {
    #[inline(always)]
    fn put((): &mut (), _: usize, (): ()) {}
    #[inline(always)]
    fn put_partial(&mut self, _: usize, (): ()) {}
}

/// Two streams in step; more by nesting.
impl<L: Lanes, A: Stream<L>, B: Stream<L>> Stream<L> for (A, B) {
    type Regs = (A::Regs, B::Regs);
    type Slot = (A::Slot, B::Slot);
    type Slots = core::iter::Zip<A::Slots, B::Slots>;

    #[inline(always)]
    fn len(&self) -> usize {
        self.0.len().min(self.1.len())
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        let (a, a_rest) = self.0.split_at(mid);
        let (b, b_rest) = self.1.split_at(mid);
        ((a, b), (a_rest, b_rest))
    }
    #[inline(always)]
    fn slots(self) -> (Self::Slots, Self) {
        let (a, a_rest) = self.0.slots();
        let (b, b_rest) = self.1.slots();
        (a.zip(b), (a_rest, b_rest))
    }
    #[inline(always)]
    fn get(isa: L::Isa, slot: &Self::Slot, u: usize) -> Self::Regs {
        (A::get(isa, &slot.0, u), B::get(isa, &slot.1, u))
    }
    #[inline(always)]
    fn get_partial(&self, isa: L::Isa, from: usize) -> Self::Regs {
        (self.0.get_partial(isa, from), self.1.get_partial(isa, from))
    }
}

impl<L: Lanes, A: StreamMut<L>, B: StreamMut<L>> StreamMut<L> for (A, B) {
    #[inline(always)]
    fn put(slot: &mut Self::Slot, u: usize, regs: Self::Regs) {
        A::put(&mut slot.0, u, regs.0);
        B::put(&mut slot.1, u, regs.1);
    }
    #[inline(always)]
    fn put_partial(&mut self, from: usize, regs: Self::Regs) {
        self.0.put_partial(from, regs.0);
        self.1.put_partial(from, regs.1);
    }
}

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
    let mut total = None;
    loop {
        let n = len.min(L::Elem::BLOCK);
        let (state_block, state_rest) = state.split_at(n);
        let (reads_block, reads_rest) = reads.split_at(n);
        let block = widen::<L>(block_sum::<L, _, _>(isa, state_block, reads_block, n, &formula));
        len -= n;
        let sum = total.map_or(block, |total| add(total, block));
        if len == 0 {
            // The unused half of a layout with 16 lanes is 0 and adds nothing.
            return fold_halving(sum, |a, b| a + b);
        }
        total = Some(sum);
        (state, reads) = (state_rest, reads_rest);
    }
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

/// Virtual lanes in `f64`; the first [`Float::VIRTUAL`] are in use.
type VirtualLanes = [f64; 32];

#[inline(always)]
fn widen<L: Lanes>(group: L::Group) -> VirtualLanes {
    const { assert!(L::Elem::VIRTUAL <= 32 && L::LANES * L::GROUP == L::Elem::VIRTUAL) }
    let mut wide = [0.0; 32];
    for (wide, register) in wide.chunks_exact_mut(L::LANES).zip(group.as_ref()) {
        for (wide, x) in wide.iter_mut().zip(register.to_array().as_ref()) {
            *wide = x.to_f64();
        }
    }
    wide
}

#[inline(always)]
fn add(mut a: VirtualLanes, b: VirtualLanes) -> VirtualLanes {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
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
