//! The constants of each element type, from `tools/minimax.py`.

use crate::{Float, Lanes};

/// Constants of the functions in [`math`](super), per element type.
pub trait Math: Float {
    /// `log2(e)`
    const LOG2_E: Self;
    /// `ln 2` in two parts; products of the first with exponents are exact.
    const LN_2: [Self; 2];
    /// `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`.
    const EXP: &'static [Self];
    /// Below this, `e^x` rounds to 0.
    const EXP_MIN: Self;
    /// Above this, `e^x` overflows.
    const EXP_MAX: Self;
    /// The smallest number with `e^x` at least [`Float::MIN_POSITIVE`].
    const EXP_NORMAL: Self;
    /// `(e^r - 1 - r - r^2 / 2) / r^3` for `|r| <= ln(2) / 2`.
    const EXP_M1: &'static [Self];
    /// Below this, `e^x - 1` rounds to -1.
    const EXP_M1_MIN: Self;
    /// One below the smallest exponent of a normal number: `2^n` by its pattern is 0.
    const ZERO_EXPONENT: Self;
    /// From `x = -TANH_MIN / 2` on, `tanh x` rounds to 1.
    const TANH_MIN: Self;
    /// From here on, `ln(1 + e^x)` rounds to `x`.
    const SOFTPLUS_MAX: Self;
    /// Clears the lower half of the significand.
    const UPPER_HALF: Self;
    /// Number to add to round to an integer whose low bits are, in addition,
    /// offset by the exponent of 1: shifted left they are a power of 2.
    const POW2_MAGIC: Self;
    /// `(ln((1 + s) / (1 - s)) - 2 s) / s^3` in `s^2`, for `(1 + s) / (1 - s)`
    /// between `sqrt(1/2)` and `sqrt(2)`.
    const LN: &'static [Self];
    /// The same, for `(1 + s) / (1 - s)` between 3/4 and 3/2.
    const LN_UNIT: &'static [Self];
    /// `(ln(1 + e) - e + e^2 / 2) / e^3` for `0 <= e <= 1`.
    const LN_1P_UNIT: &'static [Self];
    /// Bits of `sqrt(1/2)`.
    const SQRT_HALF: Self;
    /// Pattern of `sqrt(1/2)` without its exponent, as a number.
    const SQRT_HALF_FRACTION: Self;
    /// All bits of the stored significand.
    const FRACTION: Self;
    /// The largest power of 2.
    const MAX_POW2: Self;
    /// `2^(MANTISSA_BITS + 2)`: makes a subnormal number normal.
    const NORMALIZE: Self;
    /// [`Float::ROUND_MAGIC`] plus the exponent by which [`ln`](super::ln) offsets.
    const LN_MAGIC: Self;
    /// [`LN_MAGIC`](Self::LN_MAGIC) for a number multiplied by [`NORMALIZE`](Self::NORMALIZE).
    const LN_MAGIC_SUBNORMAL: Self;
}

macro_rules! math {
    ($float:ident, $exponent_of_one:literal; $($constant:tt)*) => {
        impl Math for $float {
            const POW2_MAGIC: Self = Self::ROUND_MAGIC + $exponent_of_one as $float;
            const ZERO_EXPONENT: Self = -$exponent_of_one as $float;
            const UPPER_HALF: Self = $float::from_bits(!0 << (Self::MANTISSA_BITS / 2 + 1));
            const SQRT_HALF: Self = core::$float::consts::FRAC_1_SQRT_2;
            const FRACTION: Self = $float::from_bits((1 << Self::MANTISSA_BITS) - 1);
            const SQRT_HALF_FRACTION: Self =
                $float::from_bits(Self::SQRT_HALF.to_bits() & Self::FRACTION.to_bits());
            const MAX_POW2: Self = $float::from_bits((2 * $exponent_of_one) << Self::MANTISSA_BITS);
            const NORMALIZE: Self = 4.0 / $float::EPSILON;
            const LN_MAGIC: Self = Self::POW2_MAGIC - 1.0;
            const LN_MAGIC_SUBNORMAL: Self =
                Self::LN_MAGIC + (Self::MANTISSA_BITS + 2) as $float;
            $($constant)*
        }
    };
}

math! { f32, 127;
    const LOG2_E: Self = core::f32::consts::LOG2_E;
    const LN_2: [Self; 2] = [0.69314575, 1.4286068e-6];
    const EXP: &'static [Self] = &[0.49999994, 0.16666521, 0.041668274, 0.008368683, 0.0013820059];
    const EXP_M1: &'static [Self] = &[0.16666666, 0.041666463, 0.008333571, 0.0013935096, 0.00019739564];
    const EXP_M1_MIN: Self = -18.0;
    const TANH_MIN: Self = -20.0;
    const SOFTPLUS_MAX: Self = 18.0;
    const EXP_MIN: Self = -104.0;
    const EXP_MAX: Self = 89.0;
    const EXP_NORMAL: Self = -87.33654;
    const LN: &'static [Self] = &[0.66666776, 0.39977583, 0.298708];
    const LN_1P_UNIT: &'static [Self] = &[0.33333093, -0.24993312, 0.19926326, -0.16228266, 0.12679109, -0.08590919, 0.04428844, -0.014676688, 0.0022751212];
    const LN_UNIT: &'static [Self] = &[0.6666695, 0.39957678, 0.30363747];
}

math! { f64, 1023;
    const LOG2_E: Self = core::f64::consts::LOG2_E;
    const LN_2: [Self; 2] = [0.6931471805598903, 5.497923018708371e-14];
    const EXP: &'static [Self] = &[
        0.5000000000000011, 0.16666666666666452, 0.04166666666652806, 0.008333333333476672,
        0.0013888888943994935, 0.0001984126953571092, 2.480149280008073e-5,
        2.755756560897486e-6, 2.763034406543294e-7, 2.5005536658852574e-8,
    ];
    const EXP_M1: &'static [Self] = &[
        0.1666666666666668, 0.04166666666666641, 0.008333333333319242, 0.0013888888889036094, 0.00019841269891950387, 2.4801587018722583e-5, 2.755723858463946e-6, 2.7557532530467687e-7, 2.5110918935834124e-8, 2.0836452344090633e-9];
    const EXP_M1_MIN: Self = -38.0;
    const TANH_MIN: Self = -40.0;
    const SOFTPLUS_MAX: Self = 38.0;
    const EXP_MIN: Self = -746.0;
    const EXP_MAX: Self = 710.0;
    const EXP_NORMAL: Self = -708.3964185322641;
    const LN: &'static [Self] = &[
        0.6666666666666734, 0.3999999999941665, 0.28571428742024313, 0.2222219860553348,
        0.18183562824094032, 0.1531408556543159, 0.14795626007283846,
    ];
    const LN_1P_UNIT: &'static [Self] = &[0.33333333333327153, -0.24999999999314623, 0.19999999969309282, -0.16666665902637207, 0.14285702133979825, -0.12499866335626883, 0.11110040831256648, -0.09993535135872136, 0.0906067479881148, -0.08221673808236087, 0.07361523599620559, -0.06346354788732993, 0.050883381963567516, -0.036415402394264516, 0.022263836122877193, -0.01110059891096353, 0.0042776506175813194, -0.0011844863446857298, 0.000208452208573352, -1.74396615904805e-5];
    const LN_UNIT: &'static [Self] = &[0.666666666666666, 0.4000000000005664, 0.2857142855584155, 0.2222222429466501, 0.18181665995821306, 0.15391107752437364, 0.13173673101700253, 0.13842523424071798];
}

/// The polynomial with these coefficients, lowest power first.
///
/// Estrin's scheme within four neighbours, then Horner's rule: the length of
/// dependent chains, not the number of operations, limits these functions, and
/// neighbours have none of the cancellation of an even and an odd part.
#[inline(always)]
pub(super) fn polynomial<L: Lanes>(x: L, coefficients: &[L::Elem]) -> L {
    let square = x.mul(x);
    // Short ones in pairs, so that no fourth power is needed.
    let (stride, power) =
        if coefficients.len() <= 6 { (2, square) } else { (4, square.mul(square)) };
    let mut parts = coefficients.chunks(stride).rev();
    let mut sum = part(x, square, parts.next().unwrap_or_default());
    for coefficients in parts {
        sum = sum.mul_add(power, part(x, square, coefficients));
    }
    sum
}

/// A polynomial of at most four coefficients.
#[inline(always)]
fn part<L: Lanes>(x: L, square: L, coefficients: &[L::Elem]) -> L {
    match *coefficients {
        [a] => x.same(a),
        [a, b] => line(x, a, b),
        [a, b, c] => x.same(c).mul_add(square, line(x, a, b)),
        [a, b, c, d] => line(x, c, d).mul_add(square, line(x, a, b)),
        _ => x.same(L::Elem::ZERO),
    }
}

/// `a + b x`
#[inline(always)]
fn line<L: Lanes>(x: L, a: L::Elem, b: L::Elem) -> L {
    x.same(b).mul_add(x, x.same(a))
}
