//! 512-bit registers: AVX-512 F, VL, DQ and BW, with AVX2 and FMA beside them.

mod columns;
mod widths;

use super::avx::{halves, intrinsics, lanes};
use super::methods::{comparisons, methods};
use super::pair::in_pairs;
use crate::Kernel;
use crate::lanes::{Isa, Lanes, Mask};
use core::arch::x86_64::*;

cpufeatures::new!(has_avx512, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

/// Proof that this CPU has avx512f, avx512vl, avx512dq, avx512bw, avx2 and fma.
///
/// Kernels of long formulas get rolled loops.
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
            if K::PAIRED && kernel.fills_pairs() {
                in_pairs(isa, kernel)
            } else if K::LONG {
                kernel.run(Avx512::<true>(()))
            } else {
                kernel.run(isa)
            }
        }
        // SAFETY: the field is private and `detect` alone makes an `Avx512`, so
        // this CPU has every feature that `inner` enables.
        unsafe { inner(self, kernel) }
    }
}

impl<const ROLLED: bool> Isa for Avx512<ROLLED> {
    const FUSED: bool = true;
    const ROLLED: bool = ROLLED;
    type F32 = F32x16<ROLLED>;
    type F64 = F64x8<ROLLED>;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        Avx512::<false>(()).enter(kernel)
    }
    halves!(F64x8, pd);
}

/// Sixteen `f32`.
#[derive(Clone, Copy, Debug)]
pub struct F32x16<const ROLLED: bool>(__m512, Avx512<ROLLED>);

/// Eight `f64`.
#[derive(Clone, Copy, Debug)]
pub struct F64x8<const ROLLED: bool>(__m512d, Avx512<ROLLED>);

/// The intrinsics of [`F32x16`].
mod ps {
    pub(super) use super::columns::{
        load_columns_f32 as load_columns, store_columns_f32 as store_columns, unzip_f32 as unzip,
        zip_f32 as zip,
    };
    pub(super) use super::widths::{
        largest_f32 as largest, narrow_f32 as narrow, pow2_eighths, sum_f32 as sum,
        widen_f32 as widen,
    };
    pub(super) use core::arch::x86_64::{
        _mm512_add_epi32 as add_int, _mm512_add_ps as add, _mm512_and_ps as and,
        _mm512_castps_si512 as to_int, _mm512_castsi512_ps as from_int,
        _mm512_cmp_ps_mask as compare, _mm512_div_ps as div, _mm512_fmadd_ps as fmadd,
        _mm512_fnmadd_ps as fnmadd, _mm512_loadu_ps as load, _mm512_mask_blend_ps as blend,
        _mm512_mask_loadu_ps as load_masked, _mm512_mask_storeu_ps as store_masked,
        _mm512_maskz_mov_ps as keep, _mm512_max_ps as max, _mm512_min_ps as min,
        _mm512_movepi32_mask as signs, _mm512_mul_ps as mul, _mm512_or_ps as or,
        _mm512_scalef_ps as scale, _mm512_set1_ps as fill, _mm512_slli_epi32 as shift_left,
        _mm512_sqrt_ps as sqrt, _mm512_srli_epi32 as shift_right, _mm512_storeu_ps as store,
        _mm512_sub_epi32 as sub_int, _mm512_sub_ps as sub, _mm512_xor_ps as xor,
    };
}

/// The intrinsics of [`F64x8`].
mod pd {
    pub(super) use super::columns::{
        load_columns_f64 as load_columns, store_columns_f64 as store_columns, unzip_f64 as unzip,
        zip_f64 as zip,
    };
    pub(super) use super::widths::{
        largest_f64 as largest, narrow_f64 as narrow, sum_f64 as sum, widen_f64 as widen,
    };
    pub(super) use crate::lanes::look_up_eighths as pow2_eighths;
    pub(super) use core::arch::x86_64::{
        _mm512_add_epi64 as add_int, _mm512_add_pd as add, _mm512_and_pd as and,
        _mm512_castpd_si512 as to_int, _mm512_castsi512_pd as from_int,
        _mm512_cmp_pd_mask as compare, _mm512_div_pd as div, _mm512_fmadd_pd as fmadd,
        _mm512_fnmadd_pd as fnmadd, _mm512_loadu_pd as load, _mm512_mask_blend_pd as blend,
        _mm512_mask_loadu_pd as load_masked, _mm512_mask_storeu_pd as store_masked,
        _mm512_maskz_mov_pd as keep, _mm512_max_pd as max, _mm512_min_pd as min,
        _mm512_movepi64_mask as signs, _mm512_mul_epu32 as mul_low_halves, _mm512_mul_pd as mul,
        _mm512_or_pd as or, _mm512_scalef_pd as scale, _mm512_set1_pd as fill,
        _mm512_slli_epi64 as shift_left, _mm512_sqrt_pd as sqrt, _mm512_srli_epi64 as shift_right,
        _mm512_storeu_pd as store, _mm512_sub_epi64 as sub_int, _mm512_sub_pd as sub,
        _mm512_xor_pd as xor,
    };
}

/// What AVX2 does in another way or not at all: masks, whose every bit is a lane, parts of
/// registers, and powers of 2.
macro_rules! avx512_lanes {
    ($lanes:ident, $by:ident, $mask:ident, [$float:ident; $n:literal], $widths:literal, $shift:literal) => {
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

        impl<const ROLLED: bool> $lanes<ROLLED> {
            /// True in the first `count` lanes.
            #[inline(always)]
            fn first(count: usize) -> $mask {
                // `count.min($n) <= 16`, so the shift stays within 32 bits.
                ((1u32 << count.min($n)) - 1) as $mask
            }
        }

        lanes! {
            impl [const ROLLED: bool] $lanes<ROLLED>, Avx512<ROLLED>, $mask, by $by;
            [$float; $n], group: 2, widths: $widths, shift: $shift;

            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.1, whole);
                }
                let first = Self::first(from.len());
                // SAFETY: `first` marks no more than `from.len()` lanes, and the instruction
                // reads no others.
                Self(intrinsics!(unsafe { $by::load_masked(fill.0, first, from.as_ptr()) }), fill.1)
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                let first = Self::first(to.len());
                // SAFETY: `first` marks no more than `to.len()` lanes, and the instruction
                // writes no others.
                intrinsics!(unsafe { $by::store_masked(to.as_mut_ptr(), first, self.0) });
            }
            comparisons! {
                lt(self, other) = intrinsics!($by::compare::<_CMP_LT_OQ>(self.0, other.0));
                le(self, other) = intrinsics!($by::compare::<_CMP_LE_OQ>(self.0, other.0));
                eq(self, other) = intrinsics!($by::compare::<_CMP_EQ_OQ>(self.0, other.0));
            }
            #[inline(always)]
            fn is_negative(self) -> $mask {
                intrinsics!($by::signs($by::to_int(self.0)))
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                Self(intrinsics!($by::blend(mask, no.0, yes.0)), yes.1)
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                self.keep_where(Self::first(count))
            }
            #[inline(always)]
            fn keep_where(self, mask: $mask) -> Self {
                Self(intrinsics!($by::keep(mask, self.0)), self.1)
            }
            methods! {
                scale_by_pow2(self, n) = intrinsics!($by::scale(self.0, n.0));
                scale_down_by_pow2(self, n) = intrinsics!($by::scale(self.0, n.0));
            }
        }
    };
}

avx512_lanes!(F32x16, ps, __mmask16, [f32; 16], 2, 23);
avx512_lanes!(F64x8, pd, __mmask8, [f64; 8], 1, 52);
