//! Shows that the emulated machine is what it says: run by avx512-test after set-up.

use std::arch::x86_64::*;

#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
fn check() {
    let input: [f32; 16] = std::array::from_fn(|i| i as f32 * 0.37 - 3.0);
    let mut output = [7.0; 16];
    // SAFETY: the masks keep every access within sixteen elements.
    unsafe {
        let x = _mm512_maskz_loadu_ps(0x0fff, input.as_ptr());
        let y = _mm512_scalef_ps(_mm512_fmadd_ps(x, x, x), _mm512_set1_ps(-140.0));
        _mm512_mask_storeu_ps(output.as_mut_ptr(), 0x7ffd, y);
    }
    for (i, &got) in output.iter().enumerate() {
        let x = if i < 12 { input[i] } else { 0.0 };
        let scaled = (f64::from(x.mul_add(x, x)) * 2f64.powi(-140)) as f32; // subnormal
        let want = if 0x7ffd >> i & 1 == 1 { scaled } else { 7.0 };
        assert_eq!(got.to_bits(), want.to_bits(), "element {i}: {got:e}, not {want:e}");
    }
}

fn main() {
    assert!(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl"));
    assert!(is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512bw"));
    // SAFETY: these features were just detected.
    unsafe { check() };
    println!("avx512 ok");
}
