//! 256-bit registers: AVX2 with FMA.

pub(super) mod columns;
mod partial;

use crate::lanes::{Isa, Lanes, Mask, look_up_eighths};
use crate::{Kernel, isa::Level, isa::pair::in_step};
use core::arch::x86_64::*;
use widths::*;

cpufeatures::new!(has_avx2, "avx2", "fma");

/// Proof that this CPU has avx2 and fma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

impl Avx2 {
    #[inline]
    pub(super) fn detect() -> Option<Self> {
        has_avx2::get().then_some(Avx2(()))
    }

    #[inline]
    pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
        #[target_feature(enable = "avx2,fma")]
        fn inner<K: Kernel>(isa: Avx2, kernel: K) -> K::Out {
            if K::LONG { in_step(isa, kernel) } else { kernel.run(isa) }
        }
        // SAFETY: the field is private and `detect` alone makes an `Avx2`, so
        // this CPU has both features that `inner` enables.
        unsafe { inner(self, kernel) }
    }
}

impl From<Avx2> for Level {
    fn from(isa: Avx2) -> Self {
        Level::Avx2(isa)
    }
}

/// Runs intrinsics where they stand: a function between would be one more for the compiler
/// to take apart at each operation of each formula. A raw load inside says its own reason.
macro_rules! avx2 {
    (fn($($a:ident: $t:ty = $v:expr),*) -> $r:ty $body:block) => {{
        $(let $a: $t = $v;)*
        // SAFETY: used in methods that take an `Avx2`, or a register or mask made with one;
        // `Avx2::detect` alone makes it, so the features are there.
        #[allow(unused_unsafe)]
        let result: $r = unsafe { $body };
        result
    }};
}

// Below the macro, which it uses.
pub(super) mod widths;

impl Isa for Avx2 {
    const FUSED: bool = true;
    const ROLLED: bool = false;
    type F32 = F32x8;
    type F64 = F64x4;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        self.enter(kernel)
    }

    #[inline(always)]
    fn mul_low_halves(a: F64x4, b: F64x4) -> F64x4 {
        let product = avx2!(fn(a: __m256d = a.0, b: __m256d = b.0) -> __m256d {
            _mm256_castsi256_pd(_mm256_mul_epu32(_mm256_castpd_si256(a), _mm256_castpd_si256(b)))
        });
        F64x4(product, a.1)
    }
    #[inline(always)]
    fn high_halves(a: F64x4) -> F64x4 {
        let halves = avx2!(fn(a: __m256d = a.0) -> __m256d {
            _mm256_castsi256_pd(_mm256_srli_epi64::<32>(_mm256_castpd_si256(a)))
        });
        F64x4(halves, a.1)
    }
}

/// One intrinsic of two registers.
macro_rules! binary {
    ($register:ty: $($name:ident = $intrinsic:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            Self(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $intrinsic(a, b) }), self.1)
        }
    )*};
}

/// One comparison predicate.
macro_rules! compare {
    ($register:ty, $mask:ident, $intrinsic:ident: $($name:ident = $predicate:ident;)*) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> $mask {
            $mask(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $intrinsic::<$predicate>(a, b) }), self.1)
        }
    )*};
}

macro_rules! lanes {
    (
        $lanes:ident, $mask:ident, $register:ty, $float:ident, $n:literal, $bits:ident,
        lane_numbers: $lane_numbers:expr, widen: $splat_bits:ident, greater: $cmpgt:ident,
        masks: [$and:ident, $andnot:ident, $or:ident, $xor:ident, $movemask:ident],
        float: [$set1:ident, $loadu:ident, $storeu:ident, $maskload:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $sqrt:ident, $fma:ident, $fnma:ident, $min:ident, $max:ident, $cmp:ident, $blend:ident],
        integer: [$to_int:ident, $of_int:ident, $add_int:ident, $sub_int:ident, $shl:ident, $shr:ident, $shift:literal],
        lanes: [$wide:ident, $widths:literal, $widen:ident, $narrow:ident, $sum:ident, $largest:ident, $eighths:ident],
        memory: [$store_partial:ident, $load_columns:ident, $store_columns:ident, $unzip:ident, $zip:ident],
    ) => {
        #[doc = concat!(stringify!($n), " `", stringify!($float), "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $lanes($register, Avx2);

        /// All bits set in the lanes that are true.
        #[derive(Clone, Copy, Debug)]
        pub struct $mask($register, Avx2);

        $crate::isa::mask_operators!($mask);

        impl $mask {
            #[inline(always)]
            fn both(self, other: Self) -> Self {
                $mask(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $and(a, b) }), self.1)
            }
            #[inline(always)]
            fn either(self, other: Self) -> Self {
                $mask(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $or(a, b) }), self.1)
            }
            #[inline(always)]
            fn opposite(self) -> Self {
                $mask(avx2!(fn(a: $register = self.0) -> $register { $xor(a, $of_int(_mm256_set1_epi64x(-1))) }), self.1)
            }
        }

        impl Mask for $mask {
            #[inline(always)]
            fn any(self) -> bool {
                avx2!(fn(a: $register = self.0) -> i32 { $movemask(a) }) != 0
            }
            #[inline(always)]
            fn count(self) -> usize {
                avx2!(fn(a: $register = self.0) -> i32 { $movemask(a) }).count_ones() as usize
            }
        }

        impl $lanes {
            /// All bits set in the first `count` lanes.
            #[inline(always)]
            fn first(isa: Avx2, count: usize) -> __m256i {
                let _proof = isa;
                avx2!(fn(count: usize = count.min($n)) -> __m256i {
                    $cmpgt($splat_bits(count as $bits), $lane_numbers)
                })
            }
            binary! { $register:
                sum = $add;
                difference = $sub;
                product = $mul;
                quotient = $div;
            }
        }

        $crate::isa::operators!([] $lanes, $float);

        impl Lanes for $lanes {
            type Elem = $float;
            type Isa = Avx2;
            type Mask = $mask;
            type Array = [$float; $n];
            type Slot = [[$float; $n]; 4];
            type Group = [Self; 4];
            type Wide = [$wide; $widths];
            type Wides = [$wide; 4 * $widths];
            const LANES: usize = $n;
            const GROUP: usize = 4;

            $crate::isa::memory!($float);

            #[inline(always)]
            fn isa(self) -> Avx2 {
                self.1
            }
            #[inline(always)]
            fn fill(isa: Avx2, x: $float) -> Self {
                $lanes(avx2!(fn(x: $float = x) -> $register { $set1(x) }), isa)
            }
            #[inline(always)]
            fn load(isa: Avx2, from: &[$float; $n]) -> Self {
                $lanes(
                    avx2!(fn(from: &[$float; $n] = from) -> $register {
                        // SAFETY: the array is as long as the register.
                        unsafe { $loadu(from.as_ptr()) }
                    }),
                    isa,
                )
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $n]) {
                avx2!(fn(to: &mut [$float; $n] = to, x: $register = self.0) -> () {
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
            fn load_columns(isa: Avx2, from: &[$float], stride: usize) -> [Self; 4] {
                let [a, b, c, d] = avx2!(fn(from: &[$float] = from, stride: usize = stride) -> [$register; 4] {
                    columns::$load_columns(from, stride)
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
                // SAFETY: the registers were made with an `Avx2`, which
                // `detect` alone makes, so the features are there.
                unsafe { columns::$store_columns(registers, to, stride) };
            }
            #[inline(always)]
            fn unzip(self, next: Self) -> (Self, Self) {
                let (even, odd) = avx2!(fn(a: $register = self.0, b: $register = next.0) -> ($register, $register) { columns::$unzip(a, b) });
                ($lanes(even, self.1), $lanes(odd, self.1))
            }
            #[inline(always)]
            fn zip(self, odd: Self) -> (Self, Self) {
                let (a, b) = avx2!(fn(a: $register = self.0, b: $register = odd.0) -> ($register, $register) { columns::$zip(a, b) });
                ($lanes(a, self.1), $lanes(b, self.1))
            }
            #[inline(always)]
            fn sum_lanes(self) -> $float {
                avx2!(fn(a: $register = self.0) -> $float { $sum(a) })
            }
            #[inline(always)]
            fn max_lanes(self) -> $float {
                avx2!(fn(a: $register = self.0) -> $float { $largest(a) })
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.1, whole);
                }
                let first = Self::first(fill.1, from.len());
                $lanes(
                    avx2!(fn(from: &[$float] = from, first: __m256i = first, fill: $register = fill.0) -> $register {
                        // SAFETY: `first` marks `from.len()` lanes, and the
                        // instruction reads no others.
                        let part = unsafe { $maskload(from.as_ptr(), first) };
                        $blend(fill, part, $of_int(first))
                    }),
                    fill.1,
                )
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                avx2!(fn(to: &mut [$float] = to, x: $register = self.0) -> () { partial::$store_partial(x, to) });
            }
            binary! { $register:
                and_bits = $and;
                or_bits = $or;
                xor_bits = $xor;
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0) -> $register { $sqrt(a) }), self.1)
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0, b: $register = factor.0, c: $register = term.0) -> $register { $fma(a, b, c) }), self.1)
            }
            #[inline(always)]
            fn neg_mul_add(self, factor: Self, term: Self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0, b: $register = factor.0, c: $register = term.0) -> $register { $fnma(a, b, c) }), self.1)
            }
            #[inline(always)]
            fn min_or_self(self, other: Self) -> Self {
                // The instruction gives its second operand for NaN and for equal numbers.
                $lanes(avx2!(fn(a: $register = other.0, b: $register = self.0) -> $register { $min(a, b) }), self.1)
            }
            #[inline(always)]
            fn max_or_self(self, other: Self) -> Self {
                $lanes(avx2!(fn(a: $register = other.0, b: $register = self.0) -> $register { $max(a, b) }), self.1)
            }
            compare! { $register, $mask, $cmp:
                lt = _CMP_LT_OQ;
                le = _CMP_LE_OQ;
                eq = _CMP_EQ_OQ;
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                $lanes(avx2!(fn(m: $register = mask.0, a: $register = yes.0, b: $register = no.0) -> $register { $blend(b, a, m) }), yes.1)
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                let first = Self::first(self.1, count);
                $lanes(avx2!(fn(a: $register = self.0, first: __m256i = first) -> $register { $and(a, $of_int(first)) }), self.1)
            }
            // Plain bits: the compiler makes a conditional store of a blend with what is
            // in memory, and some CPUs take twenty times longer for that.
            #[inline(always)]
            fn keep_where(self, mask: $mask) -> Self {
                $lanes(avx2!(fn(m: $register = mask.0, a: $register = self.0) -> $register { $and(m, a) }), self.1)
            }
            #[inline(always)]
            fn zero_where(self, mask: $mask) -> Self {
                $lanes(avx2!(fn(m: $register = mask.0, a: $register = self.0) -> $register { $andnot(m, a) }), self.1)
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $of_int($add_int($to_int(a), $to_int(b))) }), self.1)
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0, b: $register = other.0) -> $register { $of_int($sub_int($to_int(a), $to_int(b))) }), self.1)
            }
            #[inline(always)]
            fn low_to_exponent(self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0) -> $register { $of_int($shl::<$shift>($to_int(a))) }), self.1)
            }
            #[inline(always)]
            fn exponent_to_low(self) -> Self {
                $lanes(avx2!(fn(a: $register = self.0) -> $register { $of_int($shr::<$shift>($to_int(a))) }), self.1)
            }
            #[inline(always)]
            fn is_negative(self) -> $mask {
                $mask(avx2!(fn(a: $register = self.0) -> $register { $of_int($cmpgt(_mm256_setzero_si256(), $to_int(a))) }), self.1)
            }
            #[inline(always)]
            fn pow2_eighths(self) -> Self {
                $eighths(self)
            }
        }
    };
}

lanes! {
    F32x8, MaskF32x8, __m256, f32, 8, i32,
    lane_numbers: _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
    widen: _mm256_set1_epi32, greater: _mm256_cmpgt_epi32,
    masks: [_mm256_and_ps, _mm256_andnot_ps, _mm256_or_ps, _mm256_xor_ps, _mm256_movemask_ps],
    float: [_mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_maskload_ps,
        _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_sqrt_ps,
        _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_min_ps, _mm256_max_ps, _mm256_cmp_ps, _mm256_blendv_ps],
    integer: [_mm256_castps_si256, _mm256_castsi256_ps, _mm256_add_epi32, _mm256_sub_epi32,
        _mm256_slli_epi32, _mm256_srli_epi32, 23],
    lanes: [F64x4, 2, widen_f32, narrow_f32, sum_f32, largest_f32, pow2_eighths],
    memory: [store_f32, load_f32, store_f32, unzip_f32, zip_f32],
}

lanes! {
    F64x4, MaskF64x4, __m256d, f64, 4, i64,
    lane_numbers: _mm256_setr_epi64x(0, 1, 2, 3), widen: _mm256_set1_epi64x, greater: _mm256_cmpgt_epi64,
    masks: [_mm256_and_pd, _mm256_andnot_pd, _mm256_or_pd, _mm256_xor_pd, _mm256_movemask_pd],
    float: [_mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_maskload_pd,
        _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_sqrt_pd,
        _mm256_fmadd_pd, _mm256_fnmadd_pd, _mm256_min_pd, _mm256_max_pd, _mm256_cmp_pd, _mm256_blendv_pd],
    integer: [_mm256_castpd_si256, _mm256_castsi256_pd, _mm256_add_epi64, _mm256_sub_epi64,
        _mm256_slli_epi64, _mm256_srli_epi64, 52],
    lanes: [F64x4, 1, widen_f64, narrow_f64, sum_f64, largest_f64, look_up_eighths],
    memory: [store_f64, load_f64, store_f64, unzip_f64, zip_f64],
}
