//! A row that is read while another one is worked on.

use super::Stream;
use super::stream::{AHEAD, Slot};
use crate::isa;
use crate::lanes::{Float, Isa, Lanes};

/// A slice that reads as a number of choice beyond its end, where other slices read as 0. It is
/// fetched ahead, because it is for a row that nothing has read before.
#[derive(Clone, Copy, Debug)]
pub struct Padded<'a, E>(pub &'a [E], pub E);

impl<'a, E: Float, I: Isa> Stream<E, I> for Padded<'a, E>
where
    Slot<E, I>: 'a,
{
    type Regs = E::Lanes<I>;
    type Groups = &'a [Slot<E, I>];

    #[inline(always)]
    fn len(&self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        let (left, right) = Stream::<E, I>::split_at(self.0, mid);
        (Padded(left, self.1), Padded(right, self.1))
    }
    #[inline(always)]
    fn groups(self, count: usize) -> (Self::Groups, Self) {
        let (groups, rest) = Stream::<E, I>::groups(self.0, count);
        (groups, Padded(rest, self.1))
    }
    #[inline(always)]
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> E::Lanes<I> {
        Lanes::load(isa, &groups[i].as_ref()[u])
    }
    #[inline(always)]
    fn fetch(groups: &Self::Groups, i: usize, u: usize) {
        isa::fetch(&groups[i].as_ref()[u], AHEAD);
    }
    #[inline(always)]
    fn get_partial(&self, isa: I, from: usize) -> E::Lanes<I> {
        Lanes::load_partial(self.0.get(from..).unwrap_or_default(), isa.splat(self.1))
    }
}
