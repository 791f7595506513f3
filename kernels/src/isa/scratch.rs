//! Memory on the stack that costs nothing before it is used.

use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};

/// Room for `N` numbers from the start of a cache line, so that registers stored in step cross
/// none. It reads as a slice of those in use.
#[repr(C, align(64))]
pub(crate) struct Scratch<T, const N: usize> {
    room: [MaybeUninit<T>; N],
    /// How many of the first are in use.
    len: usize,
}

impl<T: Copy, const N: usize> Scratch<T, N> {
    /// None in use.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self { room: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    /// Puts the first `len` to use; those that were not are `value`.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, len: usize, value: T) {
        if len > self.len {
            self.grow(len, value);
        }
    }

    /// The first `len`, of which those that were not in use are `value`.
    #[inline(always)]
    pub(crate) fn first(&mut self, len: usize, value: T) -> &mut [T] {
        self.reserve(len, value);
        &mut self[..len]
    }

    /// Not inlined, once for all levels: it touches no register.
    #[inline(never)]
    fn grow(&mut self, len: usize, value: T) {
        self.room[self.len..len].fill(MaybeUninit::new(value));
        self.len = len;
    }
}

impl<T, const N: usize> Deref for Scratch<T, N> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `reserve` alone sets `len`, having written so many, which are in the room.
        unsafe { core::slice::from_raw_parts(self.room.as_ptr().cast(), self.len) }
    }
}

impl<T, const N: usize> DerefMut for Scratch<T, N> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and `self` is borrowed exclusively.
        unsafe { core::slice::from_raw_parts_mut(self.room.as_mut_ptr().cast(), self.len) }
    }
}
