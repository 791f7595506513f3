//! 512-bit registers: AVX-512 F, VL, DQ and BW, with AVX2 and FMA beside them.

mod columns;

use crate::lanes::{Isa, Lanes, Mask, look_up_eighths};
use crate::{Kernel, isa::Level};
use columns::*;
use core::arch::x86_64::*;
use widths::*;

cpufeatures::new!(has_avx512, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

/// Proof that this CPU has avx512f, avx512vl, avx512dq, avx512bw, avx2 and fma.
///
/// Kernels of long formulas get it with rolled loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512<const ROLLED: bool = false>(());

impl Avx512 {
    #[inline]
    pub(super) fn detect() -> Option<Self> {
        has_avx512::get().then_some(Avx512(()))
    }

    #[inline]
    pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        fn inner<K: Kernel>(isa: Avx512, kernel: K) -> K::Out {
            if K::LONG { kernel.run(Avx512::<true>(())) } else { kernel.run(isa) }
        }
        // SAFETY: the field is private and `detect` alone makes an `Avx512`, so
        // this CPU has every feature that `inner` enables.
        unsafe { inner(self, kernel) }
    }
}

impl From<Avx512> for Level {
    fn from(isa: Avx512) -> Self {
        Level::Avx512(isa)
    }
}

/// Runs intrinsics where they stand: a function between would be one more for the compiler
/// to take apart at each operation of each formula. A raw load inside says its own reason.
macro_rules! avx512 {
    (fn($($a:ident: $t:ty = $v:expr),*) -> $r:ty $body:block) => {{
        $(let $a: $t = $v;)*
        // SAFETY: used in methods that take an `Avx512`, or a register or mask made with one;
        // `Avx512::detect` alone makes it, so the features are there.
        #[allow(unused_unsafe)]
        let result: $r = unsafe { $body };
        result
    }};
}

macro_rules! mask {
    ($mask:ident) => {
        impl Mask for $mask {
            #[inline(always)]
            fn any(self) -> bool {
                self != 0
            }
            #[inline(always)]
            fn count(self) -> usize {
                self.count_ones() as usize
            }
        }
    };
}

// Every bit of these is a lane, so plain integer operations serve.
mask!(__mmask16);
mask!(__mmask8);

// Below the macro, which it uses.
mod widths;

impl<const ROLLED: bool> Isa for Avx512<ROLLED> {
    const FUSED: bool = true;
    const ROLLED: bool = ROLLED;
    type F32 = F32x16<ROLLED>;
    type F64 = F64x8<ROLLED>;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        Avx512::<false>(()).enter(kernel)
    }

    #[inline(always)]
    fn mul_low_halves(a: F64x8<ROLLED>, b: F64x8<ROLLED>) -> F64x8<ROLLED> {
        let product = avx512!(fn(a: __m512d = a.0, b: __m512d = b.0) -> __m512d {
            _mm512_castsi512_pd(_mm512_mul_epu32(_mm512_castpd_si512(a), _mm512_castpd_si512(b)))
        });
        F64x8(product, a.1)
    }
    #[inline(always)]
    fn high_halves(a: F64x8<ROLLED>) -> F64x8<ROLLED> {
        let halves = avx512!(fn(a: __m512d = a.0) -> __m512d {
            _mm512_castsi512_pd(_mm512_srli_epi64::<32>(_mm512_castpd_si512(a)))
        });
        F64x8(halves, a.1)
    }
}

/// One intrinsic of two registers.
macro_rules! binary {
    ($register:ty: $($name:ident = $intrinsic:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            Self(avx512!(fn(a: $register = self.0, b: $register = other.0) -> $register { $intrinsic(a, b) }), self.1)
        }
    )*};
}

/// One comparison predicate.
macro_rules! compare {
    ($register:ty, $mask:ident, $intrinsic:ident: $($name:ident = $predicate:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> $mask {
            avx512!(fn(a: $register = self.0, b: $register = other.0) -> $mask { $intrinsic::<$predicate>(a, b) })
        }
    )*};
}

macro_rules! lanes {
    (
        $lanes:ident, $mask:ident, $register:ty, $float:ident, $n:literal,
        memory: [$set1:ident, $loadu:ident, $storeu:ident, $mask_loadu:ident, $mask_storeu:ident, $blend:ident, $maskz_mov:ident],
        arithmetic: [$add:ident, $sub:ident, $mul:ident, $div:ident, $sqrt:ident, $fma:ident, $fnma:ident, $min:ident, $max:ident, $cmp:ident, $scalef:ident],
        bits: [$and:ident, $or:ident, $xor:ident, $to_int:ident, $of_int:ident, $add_int:ident, $sub_int:ident, $shl:ident, $shr:ident, $shift:literal, $signs:ident],
        lanes: [$wide:ident, $widths:literal, $widen:ident, $narrow:ident, $sum:ident, $largest:ident, $eighths:ident],
        columns: [$load_columns:ident, $store_columns:ident, $unzip:ident, $zip:ident],
    ) => {
        #[doc = concat!(stringify!($n), " `", stringify!($float), "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $lanes<const ROLLED: bool>($register, Avx512<ROLLED>);

        impl<const ROLLED: bool> $lanes<ROLLED> {
            /// True in the first `count` lanes.
            #[inline(always)]
            fn first(count: usize) -> $mask {
                // `count.min($n) <= 16`, so the shift stays within 32 bits.
                ((1u32 << count.min($n)) - 1) as $mask
            }
            binary! { $register:
                sum = $add;
                difference = $sub;
                product = $mul;
                quotient = $div;
            }
        }

        $crate::isa::operators!([const ROLLED: bool] $lanes<ROLLED>, $float);

        impl<const ROLLED: bool> Lanes for $lanes<ROLLED> {
            type Elem = $float;
            type Isa = Avx512<ROLLED>;
            type Mask = $mask;
            type Array = [$float; $n];
            type Slot = [[$float; $n]; 2];
            type Group = [Self; 2];
            type Wide = [$wide<ROLLED>; $widths];
            type Wides = [$wide<ROLLED>; 2 * $widths];
            const LANES: usize = $n;
            const GROUP: usize = 2;

            $crate::isa::memory!($float);

            #[inline(always)]
            fn isa(self) -> Avx512<ROLLED> {
                self.1
            }
            #[inline(always)]
            fn fill(isa: Avx512<ROLLED>, x: $float) -> Self {
                $lanes(avx512!(fn(x: $float = x) -> $register { $set1(x) }), isa)
            }
            #[inline(always)]
            fn load(isa: Avx512<ROLLED>, from: &[$float; $n]) -> Self {
                $lanes(
                    avx512!(fn(from: &[$float; $n] = from) -> $register {
                        // SAFETY: the array is as long as the register.
                        unsafe { $loadu(from.as_ptr()) }
                    }),
                    isa,
                )
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $n]) {
                avx512!(fn(to: &mut [$float; $n] = to, x: $register = self.0) -> () {
                    // SAFETY: the array is as long as the register.
                    unsafe { $storeu(to.as_mut_ptr(), x) }
                });
            }
            #[inline(always)]
            fn widen(self) -> Self::Wide {
                $widen(self)
            }
            #[inline(always)]
            fn narrow(wide: Self::Wide) -> Self {
                $narrow(wide)
            }
            #[inline(always)]
            fn load_columns(isa: Avx512<ROLLED>, from: &[$float], stride: usize) -> [Self; 4] {
                let [a, b, c, d] = avx512!(fn(from: &[$float] = from, stride: usize = stride) -> [$register; 4] {
                    $load_columns(from, stride)
                });
                [$lanes(a, isa), $lanes(b, isa), $lanes(c, isa), $lanes(d, isa)]
            }
            #[inline(always)]
            fn store_columns<const N: usize>(columns: [Self; N], to: &mut [$float], stride: usize) {
                let Some(first) = columns.first() else { return };
                let mut registers = [first.0; N];
                for (register, column) in registers.iter_mut().zip(&columns) {
                    *register = column.0;
                }
                // SAFETY: the registers were made with an `Avx512`, which
                // `detect` alone makes, so the features are there.
                unsafe { $store_columns(registers, to, stride) };
            }
            #[inline(always)]
            fn unzip(self, next: Self) -> (Self, Self) {
                let (even, odd) = avx512!(fn(a: $register = self.0, b: $register = next.0) -> ($register, $register) { $unzip(a, b) });
                ($lanes(even, self.1), $lanes(odd, self.1))
            }
            #[inline(always)]
            fn zip(self, odd: Self) -> (Self, Self) {
                let (a, b) = avx512!(fn(a: $register = self.0, b: $register = odd.0) -> ($register, $register) { $zip(a, b) });
                ($lanes(a, self.1), $lanes(b, self.1))
            }
            #[inline(always)]
            fn sum_lanes(self) -> $float {
                avx512!(fn(a: $register = self.0) -> $float { $sum(a) })
            }
            #[inline(always)]
            fn max_lanes(self) -> $float {
                avx512!(fn(a: $register = self.0) -> $float { $largest(a) })
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.1, whole);
                }
                let first = Self::first(from.len());
                $lanes(
                    avx512!(fn(from: &[$float] = from, first: $mask = first, fill: $register = fill.0) -> $register {
                        // SAFETY: `first` marks no more than `from.len()` lanes,
                        // and the instruction reads no others.
                        unsafe { $mask_loadu(fill, first, from.as_ptr()) }
                    }),
                    fill.1,
                )
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                let first = Self::first(to.len());
                avx512!(fn(to: &mut [$float] = to, first: $mask = first, x: $register = self.0) -> () {
                    // SAFETY: `first` marks no more than `to.len()` lanes, and
                    // the instruction writes no others.
                    unsafe { $mask_storeu(to.as_mut_ptr(), first, x) }
                });
            }
            binary! { $register:
                and_bits = $and;
                or_bits = $or;
                xor_bits = $xor;
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0) -> $register { $sqrt(a) }), self.1)
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = factor.0, c: $register = term.0) -> $register { $fma(a, b, c) }), self.1)
            }
            #[inline(always)]
            fn neg_mul_add(self, factor: Self, term: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = factor.0, c: $register = term.0) -> $register { $fnma(a, b, c) }), self.1)
            }
            #[inline(always)]
            fn min_or_self(self, other: Self) -> Self {
                // The instruction gives its second operand for NaN and for equal numbers.
                $lanes(avx512!(fn(a: $register = other.0, b: $register = self.0) -> $register { $min(a, b) }), self.1)
            }
            #[inline(always)]
            fn max_or_self(self, other: Self) -> Self {
                $lanes(avx512!(fn(a: $register = other.0, b: $register = self.0) -> $register { $max(a, b) }), self.1)
            }
            compare! { $register, $mask, $cmp:
                lt = _CMP_LT_OQ;
                le = _CMP_LE_OQ;
                eq = _CMP_EQ_OQ;
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                $lanes(avx512!(fn(m: $mask = mask, a: $register = yes.0, b: $register = no.0) -> $register { $blend(m, b, a) }), yes.1)
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                let first = Self::first(count);
                $lanes(avx512!(fn(m: $mask = first, a: $register = self.0) -> $register { $maskz_mov(m, a) }), self.1)
            }
            #[inline(always)]
            fn keep_where(self, mask: $mask) -> Self {
                $lanes(avx512!(fn(m: $mask = mask, a: $register = self.0) -> $register { $maskz_mov(m, a) }), self.1)
            }
            #[inline(always)]
            fn zero_where(self, mask: $mask) -> Self {
                self.keep_where(!mask)
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = other.0) -> $register { $of_int($add_int($to_int(a), $to_int(b))) }), self.1)
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = other.0) -> $register { $of_int($sub_int($to_int(a), $to_int(b))) }), self.1)
            }
            #[inline(always)]
            fn low_to_exponent(self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0) -> $register { $of_int($shl::<$shift>($to_int(a))) }), self.1)
            }
            #[inline(always)]
            fn exponent_to_low(self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0) -> $register { $of_int($shr::<$shift>($to_int(a))) }), self.1)
            }
            #[inline(always)]
            fn scale_by_pow2(self, n: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = n.0) -> $register { $scalef(a, b) }), self.1)
            }
            #[inline(always)]
            fn scale_down_by_pow2(self, n: Self) -> Self {
                $lanes(avx512!(fn(a: $register = self.0, b: $register = n.0) -> $register { $scalef(a, b) }), self.1)
            }
            #[inline(always)]
            fn is_negative(self) -> $mask {
                avx512!(fn(a: $register = self.0) -> $mask { $signs($to_int(a)) })
            }
            #[inline(always)]
            fn pow2_eighths(self) -> Self {
                $eighths(self)
            }
        }
    };
}

lanes! {
    F32x16, __mmask16, __m512, f32, 16,
    memory: [_mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_mask_loadu_ps, _mm512_mask_storeu_ps,
        _mm512_mask_blend_ps, _mm512_maskz_mov_ps],
    arithmetic: [_mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_sqrt_ps,
        _mm512_fmadd_ps, _mm512_fnmadd_ps, _mm512_min_ps, _mm512_max_ps, _mm512_cmp_ps_mask, _mm512_scalef_ps],
    bits: [_mm512_and_ps, _mm512_or_ps, _mm512_xor_ps, _mm512_castps_si512, _mm512_castsi512_ps,
        _mm512_add_epi32, _mm512_sub_epi32, _mm512_slli_epi32, _mm512_srli_epi32, 23, _mm512_movepi32_mask],
    lanes: [F64x8, 2, widen_f32, narrow_f32, sum_f32, largest_f32, pow2_eighths],
    columns: [load_columns_f32, store_columns_f32, unzip_f32, zip_f32],
}

lanes! {
    F64x8, __mmask8, __m512d, f64, 8,
    memory: [_mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_mask_loadu_pd, _mm512_mask_storeu_pd,
        _mm512_mask_blend_pd, _mm512_maskz_mov_pd],
    arithmetic: [_mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_sqrt_pd,
        _mm512_fmadd_pd, _mm512_fnmadd_pd, _mm512_min_pd, _mm512_max_pd, _mm512_cmp_pd_mask, _mm512_scalef_pd],
    bits: [_mm512_and_pd, _mm512_or_pd, _mm512_xor_pd, _mm512_castpd_si512, _mm512_castsi512_pd,
        _mm512_add_epi64, _mm512_sub_epi64, _mm512_slli_epi64, _mm512_srli_epi64, 52, _mm512_movepi64_mask],
    lanes: [F64x8, 1, widen_f64, narrow_f64, sum_f64, largest_f64, look_up_eighths],
    columns: [load_columns_f64, store_columns_f64, unzip_f64, zip_f64],
}
