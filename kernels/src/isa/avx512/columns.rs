//! Columns of rows in memory: pieces of four elements of each row, transposed in
//! registers.

use super::super::avx2;
use core::arch::x86_64::*;

/// Four columns of sixteen rows.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) fn load_columns_f32(from: &[f32], stride: usize) -> [__m512; 4] {
    assert!(from.len() >= stride.saturating_mul(15).saturating_add(4));
    let mut rows = [_mm512_setzero_ps(); 4];
    for (i, row) in rows.iter_mut().enumerate() {
        // SAFETY: the assertion covers four elements of row `i + 12`, and `i` is at most 3.
        let pieces = unsafe {
            let first = from.as_ptr().add(i * stride);
            [
                _mm_loadu_ps(first),
                _mm_loadu_ps(first.add(4 * stride)),
                _mm_loadu_ps(first.add(8 * stride)),
                _mm_loadu_ps(first.add(12 * stride)),
            ]
        };
        let [a, b, c, d] = pieces;
        let wide = _mm512_insertf32x4::<1>(_mm512_castps128_ps512(a), b);
        *row = _mm512_insertf32x4::<3>(_mm512_insertf32x4::<2>(wide, c), d);
    }
    transpose_f32(rows)
}

/// Rows of four become columns, and columns rows, in each quarter.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
fn transpose_f32([a, b, c, d]: [__m512; 4]) -> [__m512; 4] {
    let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
    let (ab_high, cd_high) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
    [
        _mm512_shuffle_ps::<0b01_00_01_00>(ab, cd),
        _mm512_shuffle_ps::<0b11_10_11_10>(ab, cd),
        _mm512_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
        _mm512_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
    ]
}

/// Up to four columns of sixteen rows.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) fn store_columns_f32<const N: usize>(
    columns: [__m512; N],
    to: &mut [f32],
    stride: usize,
) {
    if N < 4 {
        let (mut low, mut high) = ([_mm256_setzero_ps(); N], [_mm256_setzero_ps(); N]);
        for ((low, high), column) in low.iter_mut().zip(&mut high).zip(columns) {
            (*low, *high) = (_mm512_castps512_ps256(column), _mm512_extractf32x8_ps::<1>(column));
        }
        avx2::columns::store_f32(low, to, stride);
        avx2::columns::store_f32(high, &mut to[8 * stride..], stride);
        return;
    }
    assert!(to.len() >= stride.saturating_mul(15).saturating_add(4));
    let mut four = [_mm512_setzero_ps(); 4];
    four.copy_from_slice(&columns[..4]);
    let rows = transpose_f32(four);
    for (i, row) in rows.into_iter().enumerate() {
        let pieces = [
            _mm512_castps512_ps128(row),
            _mm512_extractf32x4_ps::<1>(row),
            _mm512_extractf32x4_ps::<2>(row),
            _mm512_extractf32x4_ps::<3>(row),
        ];
        for (quarter, piece) in pieces.into_iter().enumerate() {
            // SAFETY: the assertion covers four elements of row 15, and this row is no later.
            unsafe { _mm_storeu_ps(to.as_mut_ptr().add((i + 4 * quarter) * stride), piece) };
        }
    }
}

/// Four columns of eight rows: those of the lower half as in 256 bits, then those of the
/// upper.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) fn load_columns_f64(from: &[f64], stride: usize) -> [__m512d; 4] {
    let low = avx2::columns::load_f64(from, stride);
    let high = avx2::columns::load_f64(&from[4 * stride..], stride);
    let mut columns = [_mm512_setzero_pd(); 4];
    for (column, (low, high)) in columns.iter_mut().zip(low.into_iter().zip(high)) {
        *column = _mm512_insertf64x4::<1>(_mm512_castpd256_pd512(low), high);
    }
    columns
}

/// Up to four columns of eight rows.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) fn store_columns_f64<const N: usize>(
    columns: [__m512d; N],
    to: &mut [f64],
    stride: usize,
) {
    let (mut low, mut high) = ([_mm256_setzero_pd(); N], [_mm256_setzero_pd(); N]);
    for ((low, high), column) in low.iter_mut().zip(&mut high).zip(columns) {
        (*low, *high) = (_mm512_castpd512_pd256(column), _mm512_extractf64x4_pd::<1>(column));
    }
    avx2::columns::store_f64(low, to, stride);
    avx2::columns::store_f64(high, &mut to[4 * stride..], stride);
}

/// Elements of even and of odd places; elements to even and to odd places.
macro_rules! zip {
    ($unzip:ident, $zip:ident: $register:ty, $permute:ident, $even:expr, $odd:expr, $first:expr, $second:expr) => {
        #[inline]
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        pub(super) fn $unzip(a: $register, b: $register) -> ($register, $register) {
            ($permute(a, $even, b), $permute(a, $odd, b))
        }
        #[inline]
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        pub(super) fn $zip(even: $register, odd: $register) -> ($register, $register) {
            ($permute(even, $first, odd), $permute(even, $second, odd))
        }
    };
}

zip!(unzip_f32, zip_f32: __m512, _mm512_permutex2var_ps,
    _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
    _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
    _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
    _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
zip!(unzip_f64, zip_f64: __m512d, _mm512_permutex2var_pd,
    _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14),
    _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15),
    _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11),
    _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15));
