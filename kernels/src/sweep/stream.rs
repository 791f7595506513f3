//! Slices walked in step, register by register.

use crate::InOut;
use crate::isa::RegisterGroups;
use crate::lanes::{Float, Isa, Lanes};

/// Slices that are walked in step: one slice, an array of them, or a tuple.
pub trait Stream<E: Float, I: Isa>: Sized {
    /// The registers at one place, in the shape of the slices.
    type Regs: Copy;
    /// Whole groups of registers in memory.
    type Groups;

    /// Elements; the shortest slice decides.
    fn len(&self) -> usize;
    /// Whether there are no elements.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The first `mid` elements, or all, and the rest.
    fn split_at(self, mid: usize) -> (Self, Self);
    /// The first `count` groups, which must exist, and the rest.
    fn groups(self, count: usize) -> (Self::Groups, Self);
    /// Reads register `u` of group `i`.
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> Self::Regs;
    /// Asks the caches for the memory `AHEAD` bytes after register `u` of group `i`; nothing for
    /// slices that are likely to be in a cache.
    #[inline(always)]
    fn fetch(_: &Self::Groups, _: usize, _: usize) {}
    /// Reads the register that starts at element `from`; 0 beyond the end.
    fn get_partial(&self, isa: I, from: usize) -> Self::Regs;
}

/// A [`Stream`] that can be written.
pub trait StreamMut<E: Float, I: Isa>: Stream<E, I> {
    /// Writes register `u` of group `i`.
    fn put(groups: &mut Self::Groups, i: usize, u: usize, regs: Self::Regs);
    /// Writes the register that starts at element `from`, up to the end.
    fn put_partial(&mut self, from: usize, regs: Self::Regs);
}

/// How many bytes a sweep fetches ahead. Measured on Zen 5, with rows of 1000 and of 32000
/// classes beyond the caches: at 2048 the memory comes too late, and from 16384 on it has left
/// the cache again before it is used.
pub(super) const AHEAD: usize = 6144;

/// A group of registers in memory.
pub(super) type Slot<E, I> = <<E as Float>::Lanes<I> as Lanes>::Slot;

#[inline(always)]
fn load_partial<E: Float, I: Isa>(isa: I, slice: &[E], from: usize) -> E::Lanes<I> {
    Lanes::load_partial(slice.get(from..).unwrap_or_default(), isa.splat(E::ZERO))
}

impl<'a, E: Float, I: Isa> Stream<E, I> for &'a [E]
where
    Slot<E, I>: 'a,
{
    type Regs = E::Lanes<I>;
    type Groups = &'a [Slot<E, I>];

    #[inline(always)]
    fn len(&self) -> usize {
        (**self).len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        self.split_at_checked(mid).unwrap_or((self, &[]))
    }
    #[inline(always)]
    fn groups(self, count: usize) -> (Self::Groups, Self) {
        let (whole, rest) = E::Lanes::<I>::slots(self);
        (&whole[..count], rest)
    }
    #[inline(always)]
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> E::Lanes<I> {
        Lanes::load(isa, &groups[i].as_ref()[u])
    }
    #[inline(always)]
    fn get_partial(&self, isa: I, from: usize) -> E::Lanes<I> {
        load_partial(isa, self, from)
    }
}

impl<'a, E: Float, I: Isa> Stream<E, I> for &'a mut [E]
where
    Slot<E, I>: 'a,
{
    type Regs = E::Lanes<I>;
    type Groups = &'a mut [Slot<E, I>];

    #[inline(always)]
    fn len(&self) -> usize {
        (**self).len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        let mid = mid.min(<[E]>::len(self));
        self.split_at_mut(mid)
    }
    #[inline(always)]
    fn groups(self, count: usize) -> (Self::Groups, Self) {
        let (whole, rest) = E::Lanes::<I>::slots_mut(self);
        (&mut whole[..count], rest)
    }
    #[inline(always)]
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> E::Lanes<I> {
        Lanes::load(isa, &groups[i].as_ref()[u])
    }
    #[inline(always)]
    fn get_partial(&self, isa: I, from: usize) -> E::Lanes<I> {
        load_partial(isa, self, from)
    }
}

impl<'a, E: Float, I: Isa> StreamMut<E, I> for &'a mut [E]
where
    Slot<E, I>: 'a,
{
    #[inline(always)]
    fn put(groups: &mut Self::Groups, i: usize, u: usize, regs: E::Lanes<I>) {
        regs.store(&mut groups[i].as_mut()[u]);
    }
    #[inline(always)]
    fn put_partial(&mut self, from: usize, regs: E::Lanes<I>) {
        regs.store_partial(self.get_mut(from..).unwrap_or_default());
    }
}

/// Reads the input and writes the output, which may be the same memory.
impl<'a, E: Float, I: Isa> Stream<E, I> for InOut<'a, E> {
    type Regs = E::Lanes<I>;
    type Groups = RegisterGroups<'a, E::Lanes<I>>;

    #[inline(always)]
    fn len(&self) -> usize {
        self.len()
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        self.split_at(mid)
    }
    #[inline(always)]
    fn groups(self, count: usize) -> (Self::Groups, Self) {
        self.groups(count)
    }
    #[inline(always)]
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> E::Lanes<I> {
        groups.get(isa, i, u)
    }
    #[inline(always)]
    fn fetch(groups: &Self::Groups, i: usize, u: usize) {
        groups.fetch(i, u, AHEAD);
    }
    #[inline(always)]
    fn get_partial(&self, isa: I, from: usize) -> E::Lanes<I> {
        load_partial(isa, self.input(), from)
    }
}

impl<E: Float, I: Isa> StreamMut<E, I> for InOut<'_, E> {
    #[inline(always)]
    fn put(groups: &mut Self::Groups, i: usize, u: usize, regs: E::Lanes<I>) {
        groups.put(i, u, regs);
    }
    #[inline(always)]
    fn put_partial(&mut self, from: usize, regs: E::Lanes<I>) {
        regs.store_partial(self.output().get_mut(from..).unwrap_or_default());
    }
}

/// No slice at all: nothing to read, and writing does nothing.
impl<E: Float, I: Isa> Stream<E, I> for () {
    type Regs = ();
    type Groups = ();

    #[inline(always)]
    fn len(&self) -> usize {
        usize::MAX
    }
    #[inline(always)]
    fn split_at(self, _: usize) -> (Self, Self) {
        ((), ())
    }
    #[inline(always)]
    fn groups(self, _: usize) -> (Self::Groups, Self) {
        ((), ())
    }
    #[inline(always)]
    fn get(_: I, (): &(), _: usize, _: usize) {}
    #[inline(always)]
    fn get_partial(&self, _: I, _: usize) {}
}

impl<E: Float, I: Isa> StreamMut<E, I> for () {
    #[inline(always)]
    fn put((): &mut (), _: usize, _: usize, (): ()) {}
    #[inline(always)]
    fn put_partial(&mut self, _: usize, (): ()) {}
}

/// Empty slices.
#[inline(always)]
fn none<'a, T, const N: usize>() -> [&'a mut [T]; N] {
    core::array::from_fn(|_| Default::default())
}

/// Any number of slices of one kind in step.
impl<'a, E: Float, I: Isa, const N: usize> Stream<E, I> for [&'a mut [E]; N]
where
    Slot<E, I>: 'a,
{
    type Regs = [E::Lanes<I>; N];
    type Groups = [&'a mut [Slot<E, I>]; N];

    #[inline(always)]
    fn len(&self) -> usize {
        self.iter().map(|slice| <[E]>::len(slice)).min().unwrap_or(usize::MAX)
    }
    #[inline(always)]
    fn split_at(self, mid: usize) -> (Self, Self) {
        let (mut left, mut right): (Self, Self) = (none(), none());
        for ((slice, left), right) in self.into_iter().zip(&mut left).zip(&mut right) {
            (*left, *right) = Stream::<E, I>::split_at(slice, mid);
        }
        (left, right)
    }
    #[inline(always)]
    fn groups(self, count: usize) -> (Self::Groups, Self) {
        let (mut groups, mut rest): (Self::Groups, Self) = (none(), none());
        for ((slice, groups), rest) in self.into_iter().zip(&mut groups).zip(&mut rest) {
            (*groups, *rest) = Stream::<E, I>::groups(slice, count);
        }
        (groups, rest)
    }
    #[inline(always)]
    fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> Self::Regs {
        let mut regs = [isa.splat(E::ZERO); N];
        for (reg, groups) in regs.iter_mut().zip(groups) {
            *reg = <&mut [E]>::get(isa, groups, i, u);
        }
        regs
    }
    #[inline(always)]
    fn get_partial(&self, isa: I, from: usize) -> Self::Regs {
        let mut regs = [isa.splat(E::ZERO); N];
        for (reg, slice) in regs.iter_mut().zip(self) {
            *reg = load_partial(isa, slice, from);
        }
        regs
    }
}

impl<'a, E: Float, I: Isa, const N: usize> StreamMut<E, I> for [&'a mut [E]; N]
where
    Slot<E, I>: 'a,
{
    #[inline(always)]
    fn put(groups: &mut Self::Groups, i: usize, u: usize, regs: Self::Regs) {
        for (groups, reg) in groups.iter_mut().zip(regs) {
            <&mut [E]>::put(groups, i, u, reg);
        }
    }
    #[inline(always)]
    fn put_partial(&mut self, from: usize, regs: Self::Regs) {
        for (slice, reg) in self.iter_mut().zip(regs) {
            StreamMut::<E, I>::put_partial(slice, from, reg);
        }
    }
}

macro_rules! tuple {
    ($($stream:ident $index:tt),*) => {
        /// Streams in step.
        impl<E: Float, I: Isa, $($stream: Stream<E, I>),*> Stream<E, I> for ($($stream,)*) {
            type Regs = ($($stream::Regs,)*);
            type Groups = ($($stream::Groups,)*);

            #[inline(always)]
            fn len(&self) -> usize {
                usize::MAX$(.min(self.$index.len()))*
            }
            #[inline(always)]
            fn split_at(self, mid: usize) -> (Self, Self) {
                let parts = ($(self.$index.split_at(mid),)*);
                (($(parts.$index.0,)*), ($(parts.$index.1,)*))
            }
            #[inline(always)]
            fn groups(self, count: usize) -> (Self::Groups, Self) {
                let parts = ($(self.$index.groups(count),)*);
                (($(parts.$index.0,)*), ($(parts.$index.1,)*))
            }
            #[inline(always)]
            fn get(isa: I, groups: &Self::Groups, i: usize, u: usize) -> Self::Regs {
                ($($stream::get(isa, &groups.$index, i, u),)*)
            }
            #[inline(always)]
            fn fetch(groups: &Self::Groups, i: usize, u: usize) {
                $($stream::fetch(&groups.$index, i, u);)*
            }
            #[inline(always)]
            fn get_partial(&self, isa: I, from: usize) -> Self::Regs {
                ($(self.$index.get_partial(isa, from),)*)
            }
        }

        impl<E: Float, I: Isa, $($stream: StreamMut<E, I>),*> StreamMut<E, I> for ($($stream,)*) {
            #[inline(always)]
            fn put(groups: &mut Self::Groups, i: usize, u: usize, regs: Self::Regs) {
                $($stream::put(&mut groups.$index, i, u, regs.$index);)*
            }
            #[inline(always)]
            fn put_partial(&mut self, from: usize, regs: Self::Regs) {
                $(self.$index.put_partial(from, regs.$index);)*
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
