//! The references checked: against 30-digit decimals from mpmath, by
//! identities that hold exactly, and by finite differences.

mod arithmetic;
mod losses;
mod steps;
mod vectors;

use super::Double;

/// `2^-n`
fn tiny(n: i32) -> Double {
    Double::ONE.scale(-n)
}

/// Equal to within `2^-bits`, relative to `expected`.
#[track_caller]
fn assert_close(got: Double, expected: Double, bits: i32, what: impl core::fmt::Debug) {
    assert!(close(got, expected, bits), "{what:?}: {got:?} is not {expected:?}");
}

fn close(got: Double, expected: Double, bits: i32) -> bool {
    (got.is_nan() && expected.is_nan())
        || got == expected
        || (got - expected).abs() <= expected.abs() * tiny(bits)
}

/// The same numbers in every run: splitmix64 by Steele, Lea and Flood (2014).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 * 2f64.powi(-53)
    }

    /// A finite number of any magnitude.
    fn finite(&mut self) -> f64 {
        loop {
            let x = f64::from_bits(self.bits());
            if x.is_finite() {
                return x;
            }
        }
    }
}
