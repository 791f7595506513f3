//! 256-bit registers: AVX2 with FMA.

pub(super) mod columns;
mod partial;
pub(super) mod widths;

use super::all_bits::AllBits;
use super::avx::{halves, intrinsics, lanes};
use super::methods::comparisons;
use super::pair::in_step;
use crate::Kernel;
use crate::lanes::{Isa, Lanes, Mask};
use core::arch::x86_64::*;

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

impl Isa for Avx2 {
    const FUSED: bool = true;
    const ROLLED: bool = false;
    type F32 = F32x8;
    type F64 = F64x4;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        self.enter(kernel)
    }
    halves!(F64x4, pd);
}

/// Eight `f32`.
#[derive(Clone, Copy, Debug)]
pub struct F32x8(__m256, Avx2);

/// Four `f64`.
#[derive(Clone, Copy, Debug)]
pub struct F64x4(__m256d, Avx2);

/// The intrinsics of [`F32x8`].
mod ps {
    pub(super) use super::columns::{
        load_f32 as load_columns, store_f32 as store_columns, unzip_f32 as unzip, zip_f32 as zip,
    };
    pub(super) use super::partial::store_f32 as store_partial;
    pub(super) use super::widths::{
        largest_f32 as largest, narrow_f32 as narrow, pow2_eighths, sum_f32 as sum,
        widen_f32 as widen,
    };
    pub(super) use core::arch::x86_64::{
        _mm256_add_epi32 as add_int, _mm256_add_ps as add, _mm256_and_ps as and,
        _mm256_blendv_ps as blend, _mm256_castps_si256 as to_int, _mm256_castsi256_ps as from_int,
        _mm256_cmp_ps as compare, _mm256_cmpgt_epi32 as greater_int, _mm256_div_ps as div,
        _mm256_fmadd_ps as fmadd, _mm256_fnmadd_ps as fnmadd, _mm256_loadu_ps as load,
        _mm256_maskload_ps as load_masked, _mm256_max_ps as max, _mm256_min_ps as min,
        _mm256_movemask_ps as signs, _mm256_mul_ps as mul, _mm256_or_ps as or,
        _mm256_set1_epi32 as fill_int, _mm256_set1_ps as fill, _mm256_slli_epi32 as shift_left,
        _mm256_sqrt_ps as sqrt, _mm256_srli_epi32 as shift_right, _mm256_storeu_ps as store,
        _mm256_sub_epi32 as sub_int, _mm256_sub_ps as sub, _mm256_xor_ps as xor,
    };
}

/// The intrinsics of [`F64x4`].
mod pd {
    pub(super) use super::columns::{
        load_f64 as load_columns, store_f64 as store_columns, unzip_f64 as unzip, zip_f64 as zip,
    };
    pub(super) use super::partial::store_f64 as store_partial;
    pub(super) use super::widths::{
        largest_f64 as largest, narrow_f64 as narrow, sum_f64 as sum, widen_f64 as widen,
    };
    pub(super) use crate::lanes::look_up_eighths as pow2_eighths;
    pub(super) use core::arch::x86_64::{
        _mm256_add_epi64 as add_int, _mm256_add_pd as add, _mm256_and_pd as and,
        _mm256_blendv_pd as blend, _mm256_castpd_si256 as to_int, _mm256_castsi256_pd as from_int,
        _mm256_cmp_pd as compare, _mm256_cmpgt_epi64 as greater_int, _mm256_div_pd as div,
        _mm256_fmadd_pd as fmadd, _mm256_fnmadd_pd as fnmadd, _mm256_loadu_pd as load,
        _mm256_maskload_pd as load_masked, _mm256_max_pd as max, _mm256_min_pd as min,
        _mm256_movemask_pd as signs, _mm256_mul_epu32 as mul_low_halves, _mm256_mul_pd as mul,
        _mm256_or_pd as or, _mm256_set1_epi64x as fill_int, _mm256_set1_pd as fill,
        _mm256_slli_epi64 as shift_left, _mm256_sqrt_pd as sqrt, _mm256_srli_epi64 as shift_right,
        _mm256_storeu_pd as store, _mm256_sub_epi64 as sub_int, _mm256_sub_pd as sub,
        _mm256_xor_pd as xor,
    };
}

/// What AVX-512 does in another way: masks, and parts of registers.
macro_rules! avx2_lanes {
    ($lanes:ident, $by:ident, [$float:ident; $n:literal], $widths:literal, $shift:literal, $bits:ident, $lane_numbers:expr) => {
        impl Mask for AllBits<$lanes> {
            #[inline(always)]
            fn any(self) -> bool {
                intrinsics!($by::signs(self.0.0)) != 0
            }
            #[inline(always)]
            fn count(self) -> usize {
                intrinsics!($by::signs(self.0.0)).count_ones() as usize
            }
        }

        impl $lanes {
            /// All bits set in the first `count` lanes.
            #[inline(always)]
            fn first(isa: Avx2, count: usize) -> __m256i {
                let _proof = isa;
                let count = count.min($n) as $bits;
                intrinsics!($by::greater_int($by::fill_int(count), $lane_numbers))
            }
        }

        lanes! {
            impl [] $lanes, Avx2, AllBits<Self>, by $by;
            [$float; $n], group: 4, widths: $widths, shift: $shift;

            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.1, whole);
                }
                let first = Self::first(fill.1, from.len());
                // SAFETY: `first` marks `from.len()` lanes, and the instruction reads no
                // others.
                let part = intrinsics!(unsafe { $by::load_masked(from.as_ptr(), first) });
                Self(intrinsics!($by::blend(fill.0, part, $by::from_int(first))), fill.1)
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                intrinsics!($by::store_partial(self.0, to));
            }
            comparisons! {
                lt(self, other) = AllBits(Self(intrinsics!($by::compare::<_CMP_LT_OQ>(self.0, other.0)), self.1));
                le(self, other) = AllBits(Self(intrinsics!($by::compare::<_CMP_LE_OQ>(self.0, other.0)), self.1));
                eq(self, other) = AllBits(Self(intrinsics!($by::compare::<_CMP_EQ_OQ>(self.0, other.0)), self.1));
            }
            #[inline(always)]
            fn is_negative(self) -> Self::Mask {
                let zero = intrinsics!(_mm256_setzero_si256());
                let negative = intrinsics!($by::greater_int(zero, $by::to_int(self.0)));
                AllBits(Self(intrinsics!($by::from_int(negative)), self.1))
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                Self(intrinsics!($by::blend(no.0, yes.0, mask.0.0)), yes.1)
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                let first = Self::first(self.1, count);
                Self(intrinsics!($by::and(self.0, $by::from_int(first))), self.1)
            }
            // Plain bits: the compiler makes a conditional store of a blend with what is
            // in memory, and some CPUs take twenty times longer for that.
            #[inline(always)]
            fn keep_where(self, mask: Self::Mask) -> Self {
                mask.0.and_bits(self)
            }
        }
    };
}

avx2_lanes!(F32x8, ps, [f32; 8], 2, 23, i32, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
avx2_lanes!(F64x4, pd, [f64; 4], 1, 52, i64, _mm256_setr_epi64x(0, 1, 2, 3));
