//! Two registers side by side, as one of twice the width; of pairs again, four.
//!
//! A formula with a long chain of dependent operations leaves most of a CPU idle. On a
//! pair, each operation is followed by the same one of the other register, so two chains
//! overlap even on a CPU that looks few instructions ahead. Elements keep their virtual
//! lanes, so results have the same bits.

use super::avx2::{Avx2, F32x8, F64x4};
use super::methods::{arrays, comparisons, operators};
use crate::Kernel;
use crate::lanes::{Isa, Lanes, Mask};
use core::ops::{BitAnd, BitOr, Not};

/// AVX2, two registers at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs(Avx2);

/// AVX2, four registers at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quads(Pairs);

/// Runs a kernel of long formulas on AVX2.
#[inline(always)]
pub(super) fn in_step<K: Kernel>(isa: Avx2, kernel: K) -> K::Out {
    if K::VERY_LONG { kernel.run(Quads(Pairs(isa))) } else { kernel.run(Pairs(isa)) }
}

/// An instruction set of pairs of another's registers.
macro_rules! isa {
    ($isa:ident, $half:ident, $paired:literal) => {
        impl Isa for $isa {
            const FUSED: bool = Avx2::FUSED;
            // Registers overlap already, so loops need no groups.
            const ROLLED: bool = true;
            const PAIRED: bool = $paired;
            type F32 = Pair<<$half as Isa>::F32>;
            type F64 = Pair<<$half as Isa>::F64>;

            #[inline(always)]
            fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
                self.0.dispatch(kernel)
            }

            #[inline(always)]
            fn mul_low_halves(a: Self::F64, b: Self::F64) -> Self::F64 {
                Pair($half::mul_low_halves(a.0, b.0), $half::mul_low_halves(a.1, b.1))
            }
            #[inline(always)]
            fn high_halves(a: Self::F64) -> Self::F64 {
                Pair($half::high_halves(a.0), $half::high_halves(a.1))
            }
        }
    };
}

isa!(Pairs, Avx2, false);
isa!(Quads, Pairs, false);

/// Two registers, or what comparing them gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<T>(T, T);

impl<M: Mask> BitAnd for Pair<M> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Pair(self.0 & other.0, self.1 & other.1)
    }
}

impl<M: Mask> BitOr for Pair<M> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Pair(self.0 | other.0, self.1 | other.1)
    }
}

impl<M: Mask> Not for Pair<M> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Pair(!self.0, !self.1)
    }
}

impl<M: Mask> Mask for Pair<M> {
    #[inline(always)]
    fn any(self) -> bool {
        (self.0 | self.1).any()
    }
    #[inline(always)]
    fn count(self) -> usize {
        self.0.count() + self.1.count()
    }
}

// Two registers of `f64` hold one of `f32`.

#[inline(always)]
fn widen_f32<L: Lanes<Wide = [W; 2]>, W>(Pair(low, high): Pair<L>) -> [Pair<W>; 2] {
    let ([a, b], [c, d]) = (low.widen(), high.widen());
    [Pair(a, b), Pair(c, d)]
}

#[inline(always)]
fn narrow_f32<L: Lanes<Wide = [W; 2]>, W>([Pair(a, b), Pair(c, d)]: [Pair<W>; 2]) -> Pair<L> {
    Pair(L::narrow([a, b]), L::narrow([c, d]))
}

#[inline(always)]
fn widen_f64<L>(x: Pair<L>) -> [Pair<L>; 1] {
    [x]
}

#[inline(always)]
fn narrow_f64<L>([x]: [Pair<L>; 1]) -> Pair<L> {
    x
}

/// The same operation on both.
macro_rules! both {
    ($($name:ident($self:ident $(, $other:ident)*);)*) => {$(
        #[inline(always)]
        fn $name($self $(, $other: Self)*) -> Self {
            Pair($self.0.$name($($other.0),*), $self.1.$name($($other.1),*))
        }
    )*};
}

macro_rules! pair {
    ($isa:ident, $half:ty, $half_lanes:literal, [$float:ident; $n:literal], $group:literal, $widths:literal, $widen:ident, $narrow:ident) => {
        operators! {
            [] Pair<$half>, $float:
            Add add(self, other) = Pair(self.0 + other.0, self.1 + other.1);
            Sub sub(self, other) = Pair(self.0 - other.0, self.1 - other.1);
            Mul mul(self, other) = Pair(self.0 * other.0, self.1 * other.1);
            Div div(self, other) = Pair(self.0 / other.0, self.1 / other.1);
        }

        impl Lanes for Pair<$half> {
            arrays!($isa, Pair<<$half as Lanes>::Mask>, [$float; $n], $group, $widths);

            #[inline(always)]
            fn isa(self) -> $isa {
                $isa(self.0.isa())
            }
            #[inline(always)]
            fn fill(isa: $isa, x: $float) -> Self {
                Pair(<$half>::fill(isa.0, x), <$half>::fill(isa.0, x))
            }
            #[inline(always)]
            fn load(isa: $isa, from: &[$float; $n]) -> Self {
                let (low, high) = from.split_at($half_lanes);
                let zero = <$half>::fill(isa.0, 0.0);
                // Both parts are as long as a register.
                Pair(<$half>::load_partial(low, zero), <$half>::load_partial(high, zero))
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $n]) {
                let (low, high) = to.split_at_mut($half_lanes);
                self.0.store_partial(low);
                self.1.store_partial(high);
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.isa(), whole);
                }
                // No masked load of nothing: at an invalid address it is slow.
                let (low, high) = from.split_at(from.len().min($half_lanes));
                let high =
                    if high.is_empty() { fill.1 } else { <$half>::load_partial(high, fill.1) };
                Pair(<$half>::load_partial(low, fill.0), high)
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                let (low, high) = to.split_at_mut(to.len().min($half_lanes));
                self.0.store_partial(low);
                self.1.store_partial(high);
            }
            #[inline(always)]
            fn widen(self) -> Self::Wide {
                $widen(self)
            }
            #[inline(always)]
            fn narrow(wide: Self::Wide) -> Self {
                $narrow(wide)
            }
            both! {
                sqrt(self);
                mul_add(self, factor, term);
                neg_mul_add(self, factor, term);
                min_or_self(self, other);
                max_or_self(self, other);
                and_bits(self, other);
                or_bits(self, other);
                xor_bits(self, other);
                add_bits(self, other);
                sub_bits(self, other);
                low_to_exponent(self);
                exponent_to_low(self);
                pow2_eighths(self);
            }
            comparisons! {
                lt(self, other) = Pair(self.0.lt(other.0), self.1.lt(other.1));
                le(self, other) = Pair(self.0.le(other.0), self.1.le(other.1));
                eq(self, other) = Pair(self.0.eq(other.0), self.1.eq(other.1));
            }
            #[inline(always)]
            fn is_negative(self) -> Self::Mask {
                Pair(self.0.is_negative(), self.1.is_negative())
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                Pair(<$half>::select(mask.0, yes.0, no.0), <$half>::select(mask.1, yes.1, no.1))
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                Pair(self.0.keep_first(count), self.1.keep_first(count.saturating_sub($half_lanes)))
            }
            #[inline(always)]
            fn keep_where(self, mask: Self::Mask) -> Self {
                Pair(self.0.keep_where(mask.0), self.1.keep_where(mask.1))
            }
            #[inline(always)]
            fn load_columns(isa: $isa, from: &[$float], stride: usize) -> [Self; 4] {
                let [a, b, c, d] = <$half>::load_columns(isa.0, from, stride);
                let [e, f, g, h] =
                    <$half>::load_columns(isa.0, &from[$half_lanes * stride..], stride);
                [Pair(a, e), Pair(b, f), Pair(c, g), Pair(d, h)]
            }
            #[inline(always)]
            fn store_columns<const N: usize>(columns: [Self; N], to: &mut [$float], stride: usize) {
                let Some(Pair(low, high)) = columns.first() else { return };
                let (mut lows, mut highs) = ([*low; N], [*high; N]);
                for (i, column) in columns.iter().enumerate() {
                    (lows[i], highs[i]) = (column.0, column.1);
                }
                <$half>::store_columns(lows, to, stride);
                <$half>::store_columns(highs, &mut to[$half_lanes * stride..], stride);
            }
            #[inline(always)]
            fn unzip(self, next: Self) -> (Self, Self) {
                let ((a, b), (c, d)) = (self.0.unzip(self.1), next.0.unzip(next.1));
                (Pair(a, c), Pair(b, d))
            }
            #[inline(always)]
            fn zip(self, odd: Self) -> (Self, Self) {
                let ((a, b), (c, d)) = (self.0.zip(odd.0), self.1.zip(odd.1));
                (Pair(a, b), Pair(c, d))
            }
            // The halving order begins with the two registers.
            #[inline(always)]
            fn sum_lanes(self) -> $float {
                (self.0 + self.1).sum_lanes()
            }
            #[inline(always)]
            fn max_lanes(self) -> $float {
                self.0.max_or_self(self.1).max_lanes()
            }
        }
    };
}

pair!(Pairs, F32x8, 8, [f32; 16], 2, 2, widen_f32, narrow_f32);
pair!(Pairs, F64x4, 4, [f64; 8], 2, 1, widen_f64, narrow_f64);
pair!(Quads, Pair<F32x8>, 16, [f32; 32], 1, 2, widen_f32, narrow_f32);
pair!(Quads, Pair<F64x4>, 8, [f64; 16], 1, 1, widen_f64, narrow_f64);

#[cfg(avx512)]
pub(super) use wide::in_pairs;

#[cfg(avx512)]
mod wide {
    use super::super::avx512::{Avx512, F32x16, F64x8};
    use super::*;

    /// AVX-512, two registers at a time.
    #[derive(Clone, Copy, Debug)]
    pub(in crate::isa) struct WidePairs(Avx512);

    /// Runs a kernel on pairs of AVX-512's registers.
    #[inline(always)]
    pub(in crate::isa) fn in_pairs<K: Kernel>(isa: Avx512, kernel: K) -> K::Out {
        kernel.run(WidePairs(isa))
    }

    isa!(WidePairs, Avx512, true);
    pair!(WidePairs, F32x16<false>, 16, [f32; 32], 1, 2, widen_f32, narrow_f32);
    pair!(WidePairs, F64x8<false>, 8, [f64; 16], 1, 1, widen_f64, narrow_f64);
}
