//! Stores of a register's first lanes, in pieces: some CPUs take twenty cycles for a
//! masked store.

use core::arch::x86_64::*;

/// Writes the first `to.len()` lanes, of which there are fewer than eight.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn store_f32(x: __m256, mut to: &mut [f32]) {
    let mut lanes = _mm256_castps256_ps128(x);
    if to.len() >= 4 {
        let (four, rest) = to.split_at_mut(4);
        // SAFETY: the line above gives the slice as many elements as the register has.
        unsafe { _mm_storeu_ps(four.as_mut_ptr(), lanes) };
        lanes = _mm256_extractf128_ps::<1>(x);
        to = rest;
    }
    if to.len() >= 2 {
        let (two, rest) = to.split_at_mut(2);
        // SAFETY: the line above gives the slice two elements.
        unsafe { _mm_storel_pd(two.as_mut_ptr().cast(), _mm_castps_pd(lanes)) };
        lanes = _mm_movehl_ps(lanes, lanes);
        to = rest;
    }
    if let Some(one) = to.first_mut() {
        *one = _mm_cvtss_f32(lanes);
    }
}

/// Writes the first `to.len()` lanes, of which there are fewer than four.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn store_f64(x: __m256d, mut to: &mut [f64]) {
    let mut lanes = _mm256_castpd256_pd128(x);
    if to.len() >= 2 {
        let (two, rest) = to.split_at_mut(2);
        // SAFETY: the line above gives the slice as many elements as the register has.
        unsafe { _mm_storeu_pd(two.as_mut_ptr(), lanes) };
        lanes = _mm256_extractf128_pd::<1>(x);
        to = rest;
    }
    if let Some(one) = to.first_mut() {
        *one = _mm_cvtsd_f64(lanes);
    }
}
