//! Masks of levels whose comparisons give a register.

use crate::lanes::{Float, Lanes};
use core::ops::{BitAnd, BitOr, Not};

/// All bits set in the lanes that are true, none in the others.
#[derive(Clone, Copy, Debug)]
pub struct AllBits<L>(pub(super) L);

impl<L: Lanes> BitAnd for AllBits<L> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        AllBits(self.0.and_bits(other.0))
    }
}

impl<L: Lanes> BitOr for AllBits<L> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        AllBits(self.0.or_bits(other.0))
    }
}

impl<L: Lanes> Not for AllBits<L> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        AllBits(self.0.xor_bits(self.0.splat(Float::from_bits(u64::MAX))))
    }
}
