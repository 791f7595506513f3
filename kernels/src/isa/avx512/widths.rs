//! From `f32` to `f64` and back, the lanes of a register joined to one, and look-ups.

use super::super::avx2;
use super::{F32x16, F64x8};
use crate::isa::avx::intrinsics;
use crate::lanes::Float;
use core::arch::x86_64::*;

#[inline(always)]
pub(super) fn widen_f32<const R: bool>(x: F32x16<R>) -> [F64x8<R>; 2] {
    let low = intrinsics!(_mm512_cvtps_pd(_mm512_castps512_ps256(x.0)));
    let high = intrinsics!(_mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(x.0)));
    [F64x8(low, x.1), F64x8(high, x.1)]
}

#[inline(always)]
pub(super) fn widen_f64<const R: bool>(x: F64x8<R>) -> [F64x8<R>; 1] {
    [x]
}

#[inline(always)]
pub(super) fn narrow_f32<const R: bool>([low, high]: [F64x8<R>; 2]) -> F32x16<R> {
    let narrow = intrinsics!({
        let low = _mm512_castps256_ps512(_mm512_cvtpd_ps(low.0));
        _mm512_insertf32x8::<1>(low, _mm512_cvtpd_ps(high.0))
    });
    F32x16(narrow, low.1)
}

#[inline(always)]
pub(super) fn narrow_f64<const R: bool>([x]: [F64x8<R>; 1]) -> F64x8<R> {
    x
}

/// Joins lanes in halving order: `i` and `i + 8`, then as in 256 bits. The upper half
/// first: it is what `max` gives if it is larger.
macro_rules! halving {
    ($($name:ident: $register:ty = $float:ident, $extract:ident, $low:ident, $join:ident;)*) => {$(
        #[inline]
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        pub(super) fn $name(a: $register) -> $float {
            avx2::widths::$name($join($extract::<1>(a), $low(a)))
        }
    )*};
}

halving! {
    sum_f32: __m512 = f32, _mm512_extractf32x8_ps, _mm512_castps512_ps256, _mm256_add_ps;
    sum_f64: __m512d = f64, _mm512_extractf64x4_pd, _mm512_castpd512_pd256, _mm256_add_pd;
    largest_f32: __m512 = f32, _mm512_extractf32x8_ps, _mm512_castps512_ps256, _mm256_max_ps;
    largest_f64: __m512d = f64, _mm512_extractf64x4_pd, _mm512_castpd512_pd256, _mm256_max_pd;
}

/// By a permutation of the table, twice beside itself: it looks at the low four bits.
#[inline(always)]
pub(super) fn pow2_eighths<const R: bool>(k: F32x16<R>) -> F32x16<R> {
    let power = intrinsics!({
        // SAFETY: the array is as long as the register.
        let table = unsafe { _mm256_loadu_ps(<f32 as Float>::EIGHTHS.as_ptr()) };
        let k = _mm512_castps_si512(k.0);
        let power = _mm512_permutexvar_ps(k, _mm512_broadcast_f32x8(table));
        let exponent = _mm512_slli_epi32::<20>(k);
        _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(power), exponent))
    });
    F32x16(power, k.1)
}
