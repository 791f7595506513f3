//! The element types.

use crate::lanes::{Isa, Lanes};
use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// An element type: `f32` or `f64`.
pub trait Float:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Into<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// The register that holds this type on an instruction set.
    type Lanes<I: Isa>: Lanes<Elem = Self, Isa = I>;

    /// Virtual lanes of every sum; the product of lanes and registers in a
    /// group on each level, so that each level adds in the same order.
    const VIRTUAL: usize;
    /// Elements added into one set of virtual lanes before these fold into
    /// `f64`: it bounds the terms per lane (128 for `f32`, 64 for `f64`).
    const BLOCK: usize;
    /// Bits of the stored significand.
    const MANTISSA_BITS: u32;
    /// `1.5 * 2^MANTISSA_BITS`: adding it rounds a small number to an integer
    /// (ties to even) and leaves that integer in the low bits of the pattern.
    const ROUND_MAGIC: Self;
    /// Adding it rounds like [`ROUND_MAGIC`](Self::ROUND_MAGIC), but leaves the integer
    /// plus the exponent field of 1 in the low bits: shifted left, a power of 2.
    const POW2_MAGIC: Self;
    /// Adding it rounds to eighths, whose number is then in the low bits of the pattern.
    const EIGHTHS_MAGIC: Self;
    /// The patterns of `2^(j/8)`, each less `j` eighths in its exponent field.
    const EIGHTHS: [Self; 8];
    /// An exponent half way from that of 1 to the ends of the range.
    const HALF_WAY: Self;
    /// `2^HALF_WAY` and `2^-HALF_WAY`
    const HALF_WAY_POW2: [Self; 2];
    /// 0
    const ZERO: Self;
    /// 1/2
    const HALF: Self;
    /// 1
    const ONE: Self;
    /// -1
    const MINUS_ONE: Self;
    /// 2
    const TWO: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// A quiet NaN.
    const NAN: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// The smallest positive number.
    const LEAST: Self;
    /// The largest finite number.
    const MAX: Self;

    /// Rounds to this type.
    fn from_f64(x: f64) -> Self;
    /// The number whose pattern is the low bits of `bits`.
    fn from_bits(bits: u64) -> Self;
    /// The pattern, zero-extended.
    fn bits(self) -> u64;

    /// This element as `f64`, exactly.
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.into()
    }
    /// Whether this is NaN.
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.partial_cmp(&self).is_none()
    }
}

/// `2^(j/8)`
const POW2_EIGHTHS: [f64; 8] = [
    1.0,
    1.0905077326652577,
    1.189207115002721,
    1.2968395546510096,
    core::f64::consts::SQRT_2,
    1.5422108254079407,
    1.681792830507429,
    1.8340080864093424,
];

macro_rules! float {
    ($float:ident, $bits:ident, $lanes:ident, $virtual:literal, $terms:literal, $exponent_of_one:literal, $half_way:literal) => {
        impl Float for $float {
            type Lanes<I: Isa> = I::$lanes;
            const VIRTUAL: usize = $virtual;
            const BLOCK: usize = $virtual * $terms;
            const MANTISSA_BITS: u32 = $float::MANTISSA_DIGITS - 1;
            const ROUND_MAGIC: Self = 1.5 / $float::EPSILON;
            const POW2_MAGIC: Self = Self::ROUND_MAGIC + $exponent_of_one as $float;
            const EIGHTHS_MAGIC: Self = Self::ROUND_MAGIC / 8.0;
            const EIGHTHS: [Self; 8] = {
                let mut patterns = [0.0; 8];
                let mut j = 0;
                while j < 8 {
                    let pattern = (POW2_EIGHTHS[j] as $float).to_bits();
                    patterns[j] =
                        $float::from_bits(pattern - ((j as $bits) << (Self::MANTISSA_BITS - 3)));
                    j += 1;
                }
                patterns
            };
            const HALF_WAY: Self = $half_way as $float;
            const HALF_WAY_POW2: [Self; 2] = [
                $float::from_bits(($exponent_of_one + $half_way) << Self::MANTISSA_BITS),
                $float::from_bits(($exponent_of_one - $half_way) << Self::MANTISSA_BITS),
            ];
            const ZERO: Self = 0.0;
            const HALF: Self = 0.5;
            const ONE: Self = 1.0;
            const MINUS_ONE: Self = -1.0;
            const TWO: Self = 2.0;
            const INFINITY: Self = $float::INFINITY;
            const NAN: Self = $float::NAN;
            const MIN_POSITIVE: Self = $float::MIN_POSITIVE;
            const LEAST: Self = $float::from_bits(1);
            const MAX: Self = $float::MAX;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            #[inline(always)]
            fn from_bits(bits: u64) -> Self {
                $float::from_bits(bits as $bits)
            }
            #[inline(always)]
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
        }
    };
}

float!(f32, u32, F32, 32, 128, 127, 64);
float!(f64, u64, F64, 16, 64, 1023, 512);
