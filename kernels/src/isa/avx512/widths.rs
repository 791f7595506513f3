//! From `f32` to `f64` and back, and the lanes of a register joined to one.

use super::super::avx2;
use super::{F32x16, F64x8};
use core::arch::x86_64::*;

#[inline(always)]
pub(super) fn widen_f32<const R: bool>(x: F32x16<R>) -> [F64x8<R>; 2] {
    let low =
        avx512!(fn(a: __m512 = x.0) -> __m512d { _mm512_cvtps_pd(_mm512_castps512_ps256(a)) });
    let high = avx512!(fn(a: __m512 = x.0) -> __m512d {
        _mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(a))
    });
    [F64x8(low, x.1), F64x8(high, x.1)]
}

#[inline(always)]
pub(super) fn widen_f64<const R: bool>(x: F64x8<R>) -> [F64x8<R>; 1] {
    [x]
}

#[inline(always)]
pub(super) fn narrow_f32<const R: bool>([low, high]: [F64x8<R>; 2]) -> F32x16<R> {
    let narrow = avx512!(fn(low: __m512d = low.0, high: __m512d = high.0) -> __m512 {
        let low = _mm512_castps256_ps512(_mm512_cvtpd_ps(low));
        _mm512_insertf32x8::<1>(low, _mm512_cvtpd_ps(high))
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
