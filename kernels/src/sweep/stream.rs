//! Slices walked in step, register by register.

use crate::lanes::{Float, Lanes};

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
