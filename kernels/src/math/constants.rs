//! The constants of each element type, and the polynomial that they go into.
//!
//! `tools/minimax.py` derives and prints them.

use crate::{Float, Lanes};

/// Constants of the functions in [`math`](super), per element type.
///
/// "Minimax" polynomials have the smallest largest error, relative to what the
/// function as a whole returns; coefficients stand lowest power first.
pub trait Math: Float {
    /// `log2(e)`
    const LOG2_E: Self;
    /// `ln 2` in two parts. The first ends in zeros, so that its products with
    /// exponents are exact.
    const LN_2: [Self; 2];
    /// Minimax of `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`.
    const EXP: &'static [Self];
    /// Where a table of `2^(j/8)` is faster than a longer polynomial: `ln 2` in two parts,
    /// the first rounded to the nearest, and minimax of `(e^r - 1 - r) / r^2` for
    /// `|r| <= ln(2) / 16`.
    const EXP_EIGHTHS: Option<([Self; 2], &'static [Self])>;
    /// Minimax of `(e^r - 1 - r - r^2 / 2) / r^3` for `|r| <= ln(2) / 2`.
    const EXP_M1: &'static [Self];
    /// Minimax of `(ln m - 2 s) / s^3` in `s^2`, `s = (m - 1) / (m + 1)`, for `m`
    /// from `sqrt(1/2)` to `sqrt(2)`.
    const LN: &'static [Self];
    /// The same for `m` from 3/4 to 3/2.
    const LN_UNIT: &'static [Self];
    /// The same for `m` from 1 to 2.
    const LN_1P_UNIT: &'static [Self];

    /// Below this, `e^x` rounds to 0.
    const EXP_MIN: Self;
    /// Above this, `e^x` overflows.
    const EXP_MAX: Self;
    /// Below this, `e^x - 1` rounds to -1.
    const EXP_M1_MIN: Self;
    /// Where `2 |x|` exceeds its magnitude, `tanh x` rounds to 1.
    const TANH_MIN: Self;
    /// From here on, `ln(1 + e^x)` rounds to `x`.
    const SOFTPLUS_MAX: Self;

    /// Largest elements of a row whose distances below them may be reduced without
    /// a difference that rounds: the middle and half the width of their range. With
    /// `G` the distance that matters (104, 700), the range is `-G..=2 G`: beyond,
    /// differences up to `G` are exact, and within, so are products of exponents
    /// and the first part of `ln 2`.
    const DIRECT: [Self; 2];
    /// The exponent of a power of 2 that keeps numbers normal whose share of the largest is
    /// subnormal.
    const SCALE: Self;
    /// The magic sum of the least normal power of 2.
    const LEAST_POW2: Self;
    /// One below the exponents of normal numbers: [`Lanes::pow2`] makes it 0.
    const ZERO_EXPONENT: Self;
    /// The largest power of 2.
    const MAX_POW2: Self;
    /// All bits of the stored significand.
    const FRACTION: Self;
    /// All bits but the lower half of the significand.
    const UPPER_HALF: Self;
    /// `sqrt(1/2)`
    const SQRT_HALF: Self;
    /// The stored significand of `sqrt(1/2)`.
    const SQRT_HALF_FRACTION: Self;
    /// A power of 2 that makes every subnormal number normal.
    const NORMALIZE: Self;
    /// [`Float::ROUND_MAGIC`] plus the exponent field of 1/2.
    const LN_OFFSET: Self;
    /// The same for a number that was multiplied by [`NORMALIZE`](Self::NORMALIZE).
    const LN_OFFSET_SUBNORMAL: Self;
}

macro_rules! math {
    ($float:ident, $exponent_of_one:literal; $($constant:tt)*) => {
        impl Math for $float {
            const LOG2_E: Self = core::$float::consts::LOG2_E;
            const LEAST_POW2: Self = Self::ROUND_MAGIC + 1.0;
            const ZERO_EXPONENT: Self = -$exponent_of_one as $float;
            const MAX_POW2: Self = $float::from_bits((2 * $exponent_of_one) << Self::MANTISSA_BITS);
            const FRACTION: Self = $float::from_bits((1 << Self::MANTISSA_BITS) - 1);
            const UPPER_HALF: Self = $float::from_bits(!0 << (Self::MANTISSA_BITS / 2 + 1));
            const SQRT_HALF: Self = core::$float::consts::FRAC_1_SQRT_2;
            const SQRT_HALF_FRACTION: Self =
                $float::from_bits(Self::SQRT_HALF.to_bits() & Self::FRACTION.to_bits());
            const NORMALIZE: Self = 4.0 / $float::EPSILON;
            const LN_OFFSET: Self = Self::POW2_MAGIC - 1.0;
            const LN_OFFSET_SUBNORMAL: Self = Self::LN_OFFSET + (Self::MANTISSA_BITS + 2) as $float;
            $($constant)*
        }
    };
}

math! { f32, 127;
    const LN_2: [Self; 2] = [0.69314575, 1.4286068e-6];
    // Degree 4, error 2^-28.2.
    const EXP: &'static [Self] = &[0.49999994, 0.16666521, 0.041668274, 0.008368683, 0.0013820059];
    // Degree 1, error 2^-25.2.
    const EXP_EIGHTHS: Option<([Self; 2], &'static [Self])> =
        Some(([core::f32::consts::LN_2, -1.9046542e-9], &[0.5000646, 0.16666892]));
    // Degree 4, error 2^-33.2.
    const EXP_M1: &'static [Self] = &[
        0.16666666, 0.041666463, 0.008333571, 0.0013935096, 0.00019739564,
    ];
    // Degree 2, error 2^-30.2.
    const LN: &'static [Self] = &[0.66666776, 0.39977583, 0.298708];
    // Degree 2, error 2^-28.4.
    const LN_UNIT: &'static [Self] = &[0.6666695, 0.39957678, 0.30363747];
    // Degree 3, error 2^-27.7.
    const LN_1P_UNIT: &'static [Self] = &[0.6666641, 0.4002175, 0.27998212, 0.2802943];

    const EXP_MIN: Self = -104.0;
    const EXP_MAX: Self = 89.0;
    const EXP_M1_MIN: Self = -18.0;
    const TANH_MIN: Self = -20.0;
    const SOFTPLUS_MAX: Self = 18.0;
    const DIRECT: [Self; 2] = [52.0, 156.0];
    const SCALE: Self = 32.0;
}

math! { f64, 1023;
    const LN_2: [Self; 2] = [0.6931471805598903, 5.497923018708371e-14];
    // Degree 9, error 2^-57.9.
    const EXP: &'static [Self] = &[
        0.5000000000000011, 0.16666666666666452, 0.04166666666652806, 0.008333333333476672,
        0.0013888888943994935, 0.0001984126953571112, 2.4801492800094624e-5, 2.7557565609057517e-6,
        2.7630344052966076e-7, 2.500553642590207e-8,
    ];
    const EXP_EIGHTHS: Option<([Self; 2], &'static [Self])> = None;
    // Degree 9, error 2^-63.8.
    const EXP_M1: &'static [Self] = &[
        0.1666666666666668, 0.04166666666666641, 0.008333333333319242, 0.0013888888889036094,
        0.00019841269891950392, 2.4801587018722536e-5, 2.7557238584628168e-6,
        2.7557532530602963e-7, 2.51109189414334e-8, 2.0836452264053473e-9,
    ];
    // Degree 6, error 2^-59.5.
    const LN: &'static [Self] = &[
        0.6666666666666734, 0.3999999999941665, 0.2857142874202433, 0.2222219860552916,
        0.181835628244706, 0.15314085551817094, 0.14795626182859653,
    ];
    // Degree 7, error 2^-62.7.
    const LN_UNIT: &'static [Self] = &[
        0.666666666666666, 0.4000000000005664, 0.2857142855584155, 0.22222224294666015,
        0.18181665995643706, 0.15391107763712994, 0.13173672795042934, 0.13842526452974172,
    ];
    // Degree 9, error 2^-59.4.
    const LN_1P_UNIT: &'static [Self] = &[
        0.6666666666666631, 0.40000000000156216, 0.28571428547957056, 0.22222223964351184,
        0.18181744089378454, 0.15386556812992316, 0.1330101044702681, 0.12105819649189777,
        0.08341177396080143, 0.1701671848858665,
    ];

    const EXP_MIN: Self = -746.0;
    const EXP_MAX: Self = 710.0;
    const EXP_M1_MIN: Self = -38.0;
    const TANH_MIN: Self = -40.0;
    const SOFTPLUS_MAX: Self = 38.0;
    const DIRECT: [Self; 2] = [350.0, 1050.0];
    const SCALE: Self = 64.0;
}

/// The polynomial with these coefficients, lowest power first.
///
/// Estrin's scheme within four neighbours, then Horner's rule: the length of
/// dependent chains, not the number of operations, limits these functions, and
/// neighbours have none of the cancellation of an even and an odd part.
#[inline(always)]
pub(super) fn polynomial<L: Lanes>(x: L, coefficients: &[L::Elem]) -> L {
    let square = x * x;
    // Short polynomials need fewer powers.
    let (stride, power) = match coefficients.len() {
        ..=4 => (1, x),
        5..=6 => (2, square),
        _ => (4, square * square),
    };
    // A count, not an iterator over chunks, of which the compiler may leave a loop.
    let last = coefficients.len().saturating_sub(1) / stride;
    let mut sum = part(x, square, &coefficients[last * stride..]);
    for i in (0..last).rev() {
        let (_, from) = coefficients.split_at(i * stride);
        sum = sum.mul_add(power, part(x, square, &from[..stride]));
    }
    sum
}

/// A polynomial of at most four coefficients.
#[inline(always)]
fn part<L: Lanes>(x: L, square: L, coefficients: &[L::Elem]) -> L {
    match *coefficients {
        [a] => x.splat(a),
        [a, b] => line(x, a, b),
        [a, b, c] => x.splat(c).mul_add(square, line(x, a, b)),
        [a, b, c, d] => line(x, c, d).mul_add(square, line(x, a, b)),
        _ => x.splat(L::Elem::ZERO),
    }
}

/// `a + b x`
#[inline(always)]
fn line<L: Lanes>(x: L, a: L::Elem, b: L::Elem) -> L {
    x.splat(b).mul_add(x, x.splat(a))
}
