//! Columns of rows in memory: pieces of four elements of each row, transposed in
//! registers.

use core::arch::x86_64::*;

/// Rows of four become columns, and columns rows, in each half of 128 bits.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn transpose_f32([a, b, c, d]: [__m256; 4]) -> [__m256; 4] {
    let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
    [
        _mm256_shuffle_ps::<0b01_00_01_00>(ab, cd),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab, cd),
        _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
    ]
}

/// Rows of four become columns, and columns rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn transpose_f64([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    let (ab, cd) = (_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(ab, cd),
        _mm256_permute2f128_pd::<0x20>(ab_high, cd_high),
        _mm256_permute2f128_pd::<0x31>(ab, cd),
        _mm256_permute2f128_pd::<0x31>(ab_high, cd_high),
    ]
}

/// Whether `columns` elements of each of `rows` lie within `len`.
#[inline]
fn reaches(len: usize, stride: usize, rows: usize, columns: usize) -> bool {
    len >= stride.saturating_mul(rows - 1).saturating_add(columns)
}

/// Four columns of eight rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn load_f32(from: &[f32], stride: usize) -> [__m256; 4] {
    assert!(reaches(from.len(), stride, 8, 4));
    let mut rows = [_mm256_setzero_ps(); 4];
    for (i, row) in rows.iter_mut().enumerate() {
        // SAFETY: the assertion covers four elements of row `i + 4`, and `i` is below.
        *row = unsafe {
            let low = from.as_ptr().add(i * stride);
            _mm256_loadu2_m128(low.add(4 * stride), low)
        };
    }
    transpose_f32(rows)
}

/// Up to four columns of eight rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn store_f32<const N: usize>(
    columns: [__m256; N],
    to: &mut [f32],
    stride: usize,
) {
    assert!(reaches(to.len(), stride, 8, N));
    let mut four = [_mm256_setzero_ps(); 4];
    four[..N].copy_from_slice(&columns);
    let rows = transpose_f32(four);
    for (i, row) in rows.into_iter().enumerate() {
        let halves = [_mm256_castps256_ps128(row), _mm256_extractf128_ps::<1>(row)];
        for (half, row) in halves.into_iter().enumerate() {
            // SAFETY: the assertion covers `N` elements of row 7, and this row is no later; no
            // arm writes more than `N`.
            unsafe {
                let to = to.as_mut_ptr().add((i + 4 * half) * stride);
                let pair = _mm_cvtsd_f64(_mm_castps_pd(row));
                match N {
                    4 => _mm_storeu_ps(to, row),
                    3 => {
                        to.cast::<f64>().write_unaligned(pair);
                        to.add(2).write(_mm_cvtss_f32(_mm_movehl_ps(row, row)));
                    }
                    2 => to.cast::<f64>().write_unaligned(pair),
                    1 => to.write(_mm_cvtss_f32(row)),
                    _ => {}
                }
            }
        }
    }
}

/// Four columns of four rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn load_f64(from: &[f64], stride: usize) -> [__m256d; 4] {
    assert!(reaches(from.len(), stride, 4, 4));
    let mut rows = [_mm256_setzero_pd(); 4];
    for (i, row) in rows.iter_mut().enumerate() {
        // SAFETY: the assertion covers four elements of row 3, and `i` is at most 3.
        *row = unsafe { _mm256_loadu_pd(from.as_ptr().add(i * stride)) };
    }
    transpose_f64(rows)
}

/// Up to four columns of four rows.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn store_f64<const N: usize>(
    columns: [__m256d; N],
    to: &mut [f64],
    stride: usize,
) {
    assert!(reaches(to.len(), stride, 4, N));
    let mut four = [_mm256_setzero_pd(); 4];
    four[..N].copy_from_slice(&columns);
    let rows = transpose_f64(four);
    for (i, row) in rows.into_iter().enumerate() {
        let (low, high) = (_mm256_castpd256_pd128(row), _mm256_extractf128_pd::<1>(row));
        // SAFETY: the assertion covers `N` elements of row 3, and `i` is at most 3; no arm
        // writes more than `N`.
        unsafe {
            let to = to.as_mut_ptr().add(i * stride);
            match N {
                4 => _mm256_storeu_pd(to, row),
                3 => {
                    _mm_storeu_pd(to, low);
                    to.add(2).write(_mm_cvtsd_f64(high));
                }
                2 => _mm_storeu_pd(to, low),
                1 => to.write(_mm_cvtsd_f64(low)),
                _ => {}
            }
        }
    }
}

/// Elements of even and of odd places.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn unzip_f32(a: __m256, b: __m256) -> (__m256, __m256) {
    // Pieces of two elements: a, b, a, b.
    let (even, odd) =
        (_mm256_shuffle_ps::<0b10_00_10_00>(a, b), _mm256_shuffle_ps::<0b11_01_11_01>(a, b));
    let (even, odd) = (_mm256_castps_pd(even), _mm256_castps_pd(odd));
    (
        _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(even)),
        _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(odd)),
    )
}

/// Elements to even and to odd places.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn zip_f32(even: __m256, odd: __m256) -> (__m256, __m256) {
    let (low, high) = (_mm256_unpacklo_ps(even, odd), _mm256_unpackhi_ps(even, odd));
    (_mm256_permute2f128_ps::<0x20>(low, high), _mm256_permute2f128_ps::<0x31>(low, high))
}

/// Elements of even and of odd places.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn unzip_f64(a: __m256d, b: __m256d) -> (__m256d, __m256d) {
    let (even, odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    (_mm256_permute4x64_pd::<0b11_01_10_00>(even), _mm256_permute4x64_pd::<0b11_01_10_00>(odd))
}

/// Elements to even and to odd places.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(in crate::isa) fn zip_f64(even: __m256d, odd: __m256d) -> (__m256d, __m256d) {
    let (low, high) = (_mm256_unpacklo_pd(even, odd), _mm256_unpackhi_pd(even, odd));
    (_mm256_permute2f128_pd::<0x20>(low, high), _mm256_permute2f128_pd::<0x31>(low, high))
}
