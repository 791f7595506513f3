//! Numbers of a batch, one for each row.

use super::BATCH;
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes};
use core::ops::{Deref, DerefMut};

/// A number for each row of a batch. There is room for whole registers: what is beyond the rows
/// is read and written with them, and means nothing unless somebody says what it is.
pub(super) struct PerRow<E>(Scratch<[E; LINE], { BATCH / LINE }>);

/// Numbers that are put to use at once, of which registers have a divisor or a multiple.
const LINE: usize = 16;

impl<E: Float> PerRow<E> {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self(Scratch::new())
    }

    /// Room for so many rows; new numbers are 0.
    #[inline(always)]
    pub(super) fn reserve(&mut self, rows: usize) {
        // A register has at most as many lanes.
        self.0.reserve(rows.next_multiple_of(E::VIRTUAL) / LINE, [E::ZERO; LINE]);
    }

    /// Those of a register of rows.
    #[inline(always)]
    pub(super) fn load<I: Isa>(&self, isa: I, from: usize) -> E::Lanes<I> {
        match E::Lanes::<I>::arrays(self.get(from..).unwrap_or_default()).0 {
            [first, ..] => Lanes::load(isa, first),
            [] => isa.splat(E::ZERO),
        }
    }

    /// Writes those of a register of rows.
    #[inline(always)]
    pub(super) fn store<L: Lanes<Elem = E>>(&mut self, from: usize, numbers: L) {
        if let [first, ..] = L::arrays_mut(self.get_mut(from..).unwrap_or_default()).0 {
            numbers.store(first);
        }
    }
}

impl<E> Deref for PerRow<E> {
    type Target = [E];

    #[inline(always)]
    fn deref(&self) -> &[E] {
        self.0.as_flattened()
    }
}

impl<E> DerefMut for PerRow<E> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [E] {
        self.0.as_flattened_mut()
    }
}
