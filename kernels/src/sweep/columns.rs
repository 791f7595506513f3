//! A row of numbers that belongs to every row of a matrix.

use super::Stream;
use crate::lanes::{Float, Lanes};

/// One number for each column, walked again and again: element `i` goes with
/// column `i` modulo their number.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a, E> {
    row: &'a [E],
    /// The column of the first element.
    first: usize,
    /// Elements; no end if not cut.
    len: usize,
}

impl<'a, E> Columns<'a, E> {
    /// The first element goes with the first column.
    #[must_use]
    pub fn new(row: &'a [E]) -> Self {
        Self { row, first: 0, len: usize::MAX }
    }

    /// The same for elements from `elements` on.
    #[must_use]
    #[inline(always)]
    pub fn skip(self, elements: usize) -> Self {
        let columns = self.row.len().max(1);
        let first = (self.first + elements % columns) % columns;
        Self { first, len: self.len.saturating_sub(elements), ..self }
    }
}

impl<E: Float> Columns<'_, E> {
    #[inline(always)]
    fn load<L: Lanes<Elem = E>>(self, isa: L::Isa, from: usize) -> L {
        let Self { row, first, .. } = self.skip(from);
        let rest = row.get(first..).unwrap_or_default();
        let zero = L::splat(isa, E::ZERO);
        if rest.len() >= L::LANES {
            return L::load_partial(rest, zero);
        }
        let mut array = zero.to_array();
        for (lane, x) in array.as_mut().iter_mut().zip(row.iter().cycle().skip(first)) {
            *lane = *x;
        }
        L::load(isa, &array)
    }
}

impl<'a, L: Lanes> Stream<L> for Columns<'a, L::Elem> {
    type Regs = L;
    type Slot = Self;
    type Slots = Groups<'a, L>;

    #[inline(always)]
    fn len(&self) -> usize {
        self.len
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        (Self { len: mid.min(self.len), ..self }, self.skip(mid))
    }
    #[inline(always)]
    fn slots(self) -> (Self::Slots, Self) {
        let whole = self.len - self.len % (L::LANES * L::GROUP);
        (Groups { next: self }, self.skip(whole))
    }
    #[inline(always)]
    fn get(isa: L::Isa, slot: &Self, u: usize) -> L {
        slot.load(isa, u * L::LANES)
    }
    #[inline(always)]
    fn get_partial(&self, isa: L::Isa, from: usize) -> L {
        self.load(isa, from)
    }
}

/// Where groups of registers begin.
#[derive(Clone, Debug)]
pub struct Groups<'a, L: Lanes> {
    next: Columns<'a, L::Elem>,
}

impl<'a, L: Lanes> Iterator for Groups<'a, L> {
    type Item = Columns<'a, L::Elem>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let group = self.next;
        self.next = group.skip(L::LANES * L::GROUP);
        Some(group)
    }
}
