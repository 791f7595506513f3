//! From [`Double`] back to the formats of the machine.

use super::double::{Double, STEP, pow2};

/// A binary format; its numbers are integers of `precision` bits times a power of 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `f32`
    F32,
    /// `f64`
    F64,
}

impl core::fmt::Display for Format {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

impl Format {
    /// Bits of the significand, the hidden one included.
    pub fn precision(self) -> i32 {
        match self {
            Self::F32 => 24,
            Self::F64 => 53,
        }
    }

    /// Exponent of the smallest subnormal.
    pub fn lowest(self) -> i32 {
        match self {
            Self::F32 => -149,
            Self::F64 => -1074,
        }
    }

    /// Exponent of the largest finite binade.
    pub fn highest(self) -> i32 {
        match self {
            Self::F32 => 127,
            Self::F64 => 1023,
        }
    }
}

impl Double {
    /// `floor(log2 |self|)`, for a finite nonzero value.
    pub fn exponent(self) -> i32 {
        assert!(self.is_finite() && !self.is_zero());
        let bits = self.hi.to_bits();
        let below = bits << 12 == 0 && self.lo != 0.0 && (self.lo < 0.0) != (self.hi < 0.0);
        ((bits >> 52 & 0x7ff) as i32) - 1023 - i32::from(below) + STEP * self.step
    }

    /// Rounded once, ties to even, to `precision` bits and to multiples of
    /// `2^lowest`; exact in `f64` unless too large for it.
    fn round(self, precision: i32, lowest: i32) -> f64 {
        if self.is_zero() || !self.is_finite() {
            return self.hi;
        }
        let unit = (self.exponent() - (precision - 1)).max(lowest);
        let Some((hi, lo)) = self.scale(-unit).words() else {
            return 0f64.copysign(self.hi); // below 2^-256 units
        };
        let nearest = hi.round_ties_even();
        // Where hi is a tie, lo decides it.
        let rest = hi - nearest;
        let up = rest == 0.5 && lo > 0.0;
        let down = rest == -0.5 && lo < 0.0;
        let mut result = nearest + f64::from(up as i8 - down as i8);
        // Exact at every step: an integer of 53 bits never falls below 2^lowest.
        let mut left = unit;
        while left != 0 {
            let part = left.clamp(-STEP, STEP);
            result *= pow2(part);
            left -= part;
        }
        result.copysign(self.hi)
    }

    /// Correctly rounded in one step, subnormals and overflow included.
    pub fn to(self, format: Format) -> f64 {
        let x = self.round(format.precision(), format.lowest());
        match format {
            Format::F32 => f64::from(x as f32), // exact, or beyond the largest f32
            Format::F64 => x,
        }
    }

    /// Rounded once to `f64`.
    pub fn to_f64(self) -> f64 {
        self.to(Format::F64)
    }

    /// Rounded once to `f32`.
    pub fn to_f32(self) -> f32 {
        self.to(Format::F32) as f32
    }
}
