//! Two registers side by side, as one of twice the width.
//!
//! A formula with a long chain of dependent operations leaves most of a CPU idle. On a
//! pair, each operation is followed by the same one of the other register, so two chains
//! overlap even on a CPU that looks few instructions ahead. Elements keep their virtual
//! lanes, so results have the same bits.

use super::avx2::{Avx2, F32x8, F64x4, MaskF32x8, MaskF64x4};
use crate::Kernel;
use crate::lanes::{Isa, Lanes, Mask};
use core::ops::{BitAnd, BitOr, Not};

/// AVX2, two registers at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs(pub(super) Avx2);

impl Isa for Pairs {
    const FUSED: bool = Avx2::FUSED;
    // The two registers of a pair overlap already, so loops need no groups.
    const ROLLED: bool = true;
    type F32 = Pair<F32x8>;
    type F64 = Pair<F64x4>;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        self.0.enter(kernel)
    }

    #[inline(always)]
    fn mul_low_halves(a: Pair<F64x4>, b: Pair<F64x4>) -> Pair<F64x4> {
        Pair(Avx2::mul_low_halves(a.0, b.0), Avx2::mul_low_halves(a.1, b.1))
    }
    #[inline(always)]
    fn high_halves(a: Pair<F64x4>) -> Pair<F64x4> {
        Pair(Avx2::high_halves(a.0), Avx2::high_halves(a.1))
    }
}

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

#[inline(always)]
fn widen_f32(Pair(low, high): Pair<F32x8>) -> [Pair<F64x4>; 2] {
    let ([a, b], [c, d]) = (low.widen(), high.widen());
    [Pair(a, b), Pair(c, d)]
}

#[inline(always)]
fn narrow_f32([Pair(a, b), Pair(c, d)]: [Pair<F64x4>; 2]) -> Pair<F32x8> {
    Pair(F32x8::narrow([a, b]), F32x8::narrow([c, d]))
}

#[inline(always)]
fn widen_f64(x: Pair<F64x4>) -> [Pair<F64x4>; 1] {
    [x]
}

#[inline(always)]
fn narrow_f64([x]: [Pair<F64x4>; 1]) -> Pair<F64x4> {
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

/// The same comparison of both.
macro_rules! compare_both {
    ($($name:ident)*) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self::Mask {
            Pair(self.0.$name(other.0), self.1.$name(other.1))
        }
    )*};
}

/// The same operator for both.
macro_rules! both_operators {
    ($half:ident: $($name:ident = $operator:tt;)*) => {
        impl Pair<$half> {$(
            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Pair(self.0 $operator other.0, self.1 $operator other.1)
            }
        )*}
    };
}

macro_rules! pair {
    ($half:ident, $mask:ident, $float:ident, $half_lanes:literal, $lanes:literal, [$wide:literal, $widen:ident, $narrow:ident]) => {
        both_operators! { $half: sum = +; difference = -; product = *; quotient = /; }

        $crate::isa::operators!([] Pair<$half>, $float);

        impl Lanes for Pair<$half> {
            type Elem = $float;
            type Isa = Pairs;
            type Mask = Pair<$mask>;
            type Array = [$float; $lanes];
            type Slot = [[$float; $lanes]; 2];
            type Group = [Self; 2];
            type Wide = [Pair<F64x4>; $wide];
            type Wides = [Pair<F64x4>; 2 * $wide];
            const LANES: usize = $lanes;
            const GROUP: usize = 2;

            $crate::isa::memory!($float);

            #[inline(always)]
            fn isa(self) -> Pairs {
                Pairs(self.0.isa())
            }
            #[inline(always)]
            fn fill(isa: Pairs, x: $float) -> Self {
                Pair($half::fill(isa.0, x), $half::fill(isa.0, x))
            }
            #[inline(always)]
            fn load(isa: Pairs, from: &[$float; $lanes]) -> Self {
                let (low, high) = from.split_at($half_lanes);
                let zero = $half::fill(isa.0, 0.0);
                // Both registers are whole.
                Pair($half::load_partial(low, zero), $half::load_partial(high, zero))
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $lanes]) {
                let (low, high) = to.split_at_mut($half_lanes);
                self.0.store_partial(low);
                self.1.store_partial(high);
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.isa(), whole);
                }
                // No masked load without an element: at an invalid address it takes the CPU long.
                let (low, high) = from.split_at(from.len().min($half_lanes));
                let high = if high.is_empty() { fill.1 } else { $half::load_partial(high, fill.1) };
                Pair($half::load_partial(low, fill.0), high)
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
            }
            compare_both! { lt le eq }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                Pair($half::select(mask.0, yes.0, no.0), $half::select(mask.1, yes.1, no.1))
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
            fn zero_where(self, mask: Self::Mask) -> Self {
                Pair(self.0.zero_where(mask.0), self.1.zero_where(mask.1))
            }
            #[inline(always)]
            fn load_columns(isa: Pairs, from: &[$float], stride: usize) -> [Self; 4] {
                let [a, b, c, d] = $half::load_columns(isa.0, from, stride);
                let [e, f, g, h] =
                    $half::load_columns(isa.0, &from[$half_lanes * stride..], stride);
                [Pair(a, e), Pair(b, f), Pair(c, g), Pair(d, h)]
            }
            #[inline(always)]
            fn store_columns<const N: usize>(columns: [Self; N], to: &mut [$float], stride: usize) {
                let Some(Pair(low, high)) = columns.first() else { return };
                let (mut lows, mut highs) = ([*low; N], [*high; N]);
                for (i, column) in columns.iter().enumerate() {
                    (lows[i], highs[i]) = (column.0, column.1);
                }
                $half::store_columns(lows, to, stride);
                $half::store_columns(highs, &mut to[$half_lanes * stride..], stride);
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
            // The two registers are the halves with which the halving order begins.
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

pair!(F32x8, MaskF32x8, f32, 8, 16, [2, widen_f32, narrow_f32]);
pair!(F64x4, MaskF64x4, f64, 4, 8, [1, widen_f64, narrow_f64]);
