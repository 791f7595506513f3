//! Columns of rows in memory: each half of a register as in 256 bits.

use super::super::avx2;
use core::arch::x86_64::*;

/// Columns of twice as many rows as in 256 bits, which are the lower half.
macro_rules! columns {
    ($load:ident = $half_load:ident, $store:ident = $half_store:ident: $register:ty, $float:ident, $zero_half:ident, $rows:literal, $zero:ident, $cast:ident, $insert:ident, $low:ident, $extract:ident) => {
        #[inline]
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        pub(super) fn $load(from: &[$float], stride: usize) -> [$register; 4] {
            let low = avx2::columns::$half_load(from, stride);
            let high = avx2::columns::$half_load(&from[$rows * stride..], stride);
            let mut columns = [$zero(); 4];
            for (column, (low, high)) in columns.iter_mut().zip(low.into_iter().zip(high)) {
                *column = $insert::<1>($cast(low), high);
            }
            columns
        }
        #[inline]
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        pub(super) fn $store<const N: usize>(
            columns: [$register; N],
            to: &mut [$float],
            stride: usize,
        ) {
            let (mut low, mut high) = ([$zero_half(); N], [$zero_half(); N]);
            for ((low, high), column) in low.iter_mut().zip(&mut high).zip(columns) {
                (*low, *high) = ($low(column), $extract::<1>(column));
            }
            avx2::columns::$half_store(low, to, stride);
            avx2::columns::$half_store(high, &mut to[$rows * stride..], stride);
        }
    };
}

columns!(load_columns_f32 = load_f32, store_columns_f32 = store_f32: __m512, f32, _mm256_setzero_ps, 8, _mm512_setzero_ps,
    _mm512_castps256_ps512, _mm512_insertf32x8, _mm512_castps512_ps256, _mm512_extractf32x8_ps);
columns!(load_columns_f64 = load_f64, store_columns_f64 = store_f64: __m512d, f64, _mm256_setzero_pd, 4, _mm512_setzero_pd,
    _mm512_castpd256_pd512, _mm512_insertf64x4, _mm512_castpd512_pd256, _mm512_extractf64x4_pd);
