//! From `f32` to `f64` and back, the lanes of a register joined to one, and look-ups.

use super::{F32x8, F64x4};
use crate::isa::avx::intrinsics;
use crate::lanes::Float;
use core::arch::x86_64::*;

#[inline(always)]
pub(super) fn widen_f32(x: F32x8) -> [F64x4; 2] {
    let low = intrinsics!(_mm256_cvtps_pd(_mm256_castps256_ps128(x.0)));
    let high = intrinsics!(_mm256_cvtps_pd(_mm256_extractf128_ps::<1>(x.0)));
    [F64x4(low, x.1), F64x4(high, x.1)]
}

#[inline(always)]
pub(super) fn widen_f64(x: F64x4) -> [F64x4; 1] {
    [x]
}

#[inline(always)]
pub(super) fn narrow_f32([low, high]: [F64x4; 2]) -> F32x8 {
    let (low, high, isa) = (low.0, high.0, low.1);
    F32x8(intrinsics!(_mm256_set_m128(_mm256_cvtpd_ps(high), _mm256_cvtpd_ps(low))), isa)
}

#[inline(always)]
pub(super) fn narrow_f64([x]: [F64x4; 1]) -> F64x4 {
    x
}

/// Joins lanes in halving order: `i` and `i + 4`, then `i + 2`, then `i + 1`.
macro_rules! halving {
    ($f32:ident, $ps:ident, $ss:ident, $f64:ident, $pd:ident, $sd:ident) => {
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        pub(in crate::isa) fn $f32(a: __m256) -> f32 {
            // The upper half first: it is what `max` gives if it is larger.
            let a = $ps(_mm256_extractf128_ps::<1>(a), _mm256_castps256_ps128(a));
            let a = $ps(_mm_movehl_ps(a, a), a);
            _mm_cvtss_f32($ss(_mm_movehdup_ps(a), a))
        }
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        pub(in crate::isa) fn $f64(a: __m256d) -> f64 {
            let a = $pd(_mm256_extractf128_pd::<1>(a), _mm256_castpd256_pd128(a));
            _mm_cvtsd_f64($sd(_mm_unpackhi_pd(a, a), a))
        }
    };
}

halving!(sum_f32, _mm_add_ps, _mm_add_ss, sum_f64, _mm_add_pd, _mm_add_sd);
halving!(largest_f32, _mm_max_ps, _mm_max_ss, largest_f64, _mm_max_pd, _mm_max_sd);

/// By a permutation of the table, which looks at the low three bits alone.
#[inline(always)]
pub(super) fn pow2_eighths(k: F32x8) -> F32x8 {
    let power = intrinsics!({
        // SAFETY: the array is as long as the register.
        let table = unsafe { _mm256_loadu_ps(<f32 as Float>::EIGHTHS.as_ptr()) };
        let k = _mm256_castps_si256(k.0);
        let power = _mm256_castps_si256(_mm256_permutevar8x32_ps(table, k));
        _mm256_castsi256_ps(_mm256_add_epi32(power, _mm256_slli_epi32::<20>(k)))
    });
    F32x8(power, k.1)
}
