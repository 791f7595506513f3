//! The elementary functions of [`Double`].
//!
//! Relative error below 2^-100, tiny results included, wherever the argument
//! determines the result that well (an argument known to 106 bits fixes
//! `exp(700)` only to 97; an `f64` argument is exact). `exp` covers results from
//! 2^-23600 to 2^23600 and is 0 or infinite beyond, so whatever `f64` holds,
//! its subnormals included, is far inside. Special values are those of IEEE 754.
//!
//! `exp` reduces by a ln 2 of 117 bits and sums the Taylor series; the logarithms
//! take one Newton step, with its second-order term, from the `f64` logarithm.

use super::double::Double;

/// ln 2 in three parts; the first two have 32 bits, so their products with an
/// integer of 21 bits are exact.
const LN_2: [f64; 3] = [0.6931471803691238, 1.9082149288430703e-10, 4.275175589747649e-20];

/// 1/2!, 1/3!, ..., 1/13!
const FACTORIALS: [Double; 12] = [
    Double::pair(0.5, 0.0),
    Double::pair(0.16666666666666666, 9.25185853854297e-18),
    Double::pair(0.041666666666666664, 2.3129646346357427e-18),
    Double::pair(0.008333333333333333, 1.1564823173178714e-19),
    Double::pair(0.001388888888888889, -5.300543954373577e-20),
    Double::pair(0.0001984126984126984, 1.7209558293420705e-22),
    Double::pair(2.48015873015873e-05, 2.1511947866775882e-23),
    Double::pair(2.7557319223985893e-06, -1.858393274046472e-22),
    Double::pair(2.755731922398589e-07, 2.3767714622250297e-23),
    Double::pair(2.505210838544172e-08, -1.448814070935912e-24),
    Double::pair(2.08767569878681e-09, -1.20734505911326e-25),
    Double::pair(1.6059043836821613e-10, 1.2585294588752098e-26),
];

/// 1/14!, ..., 1/26!: from here on, 53 bits of a term are 106 of the sum.
const TAIL: [f64; 13] = [
    1.1470745597729725e-11,
    7.647163731819816e-13,
    4.779477332387385e-14,
    2.8114572543455206e-15,
    1.5619206968586225e-16,
    8.22063524662433e-18,
    4.110317623312165e-19,
    1.9572941063391263e-20,
    8.896791392450574e-22,
    3.868170170630684e-23,
    1.6117375710961184e-24,
    6.446950284384474e-26,
    2.4795962632247976e-27,
];

/// `e^r - 1` for `|r| < 0.35`, to full relative accuracy.
fn exp_m1_reduced(r: Double) -> Double {
    let Some((hi, _)) = r.words() else {
        return r; // |r| < 2^-256
    };
    let tail = TAIL.iter().rev().fold(0.0, |sum, c| sum * hi + c);
    let series = FACTORIALS.iter().rev().fold(Double::from(tail), |sum, c| sum * r + *c);
    r + r * r * series
}

impl Double {
    /// `(k, e^r - 1)` with `self = k ln 2 + r`, for `|self| <= 2^14`.
    fn reduced(self) -> (i32, Self) {
        let Some((hi, _)) = self.words() else {
            return (0, self);
        };
        let k = (hi * core::f64::consts::LOG2_E).round();
        let r = LN_2.iter().fold(self, |r, part| r - k * part);
        (k as i32, exp_m1_reduced(r))
    }

    /// Beyond this, `exp` is 0 or infinite.
    fn outside(self) -> bool {
        self.abs() > 16384.0
    }

    /// `e^self`
    pub fn exp(self) -> Self {
        if self.is_nan() {
            self
        } else if self.outside() {
            if self.is_negative() { Self::ZERO } else { Self::INFINITY }
        } else {
            let (k, p) = self.reduced();
            (p + 1.0).scale(k)
        }
    }

    /// `e^self - 1`
    pub fn exp_m1(self) -> Self {
        if self.is_nan() || self.is_zero() {
            self
        } else if self.outside() {
            self.exp() - 1.0
        } else {
            let (k, p) = self.reduced();
            // 2^k - 1 first: exact for small k, and then nothing cancels.
            (Self::ONE.scale(k) - 1.0) + p.scale(k)
        }
    }

    /// `ln(1 + self)` for `-0.3 < self < 0.42`, to full relative accuracy.
    fn ln_1p_reduced(self) -> Self {
        let Some((hi, _)) = self.words() else {
            return self;
        };
        let guess = Self::from(hi.ln_1p());
        let e = guess.exp_m1();
        // ln(1 + self) = guess + ln(1 + d), and d^3 is nothing.
        let d = (self - e) / (e + 1.0);
        guess + (d - d * d * 0.5)
    }

    /// Natural logarithm; NaN below 0.
    pub fn ln(self) -> Self {
        if self.is_nan() || self == Self::INFINITY {
            return self;
        }
        if self.is_zero() {
            return -Self::INFINITY;
        }
        if self.is_negative() {
            return Self::NAN;
        }
        let (mut k, mut m) = (self.exponent(), self.scale(-self.exponent()));
        if m > core::f64::consts::SQRT_2 {
            (k, m) = (k + 1, m.scale(-1));
        }
        (m - 1.0).ln_1p_reduced() + Self::LN_2 * f64::from(k)
    }

    /// `ln(1 + self)`; NaN below -1.
    pub fn ln_1p(self) -> Self {
        if self.is_nan() || self.is_zero() {
            self
        } else if self.abs() < 0.25 {
            self.ln_1p_reduced()
        } else {
            (self + 1.0).ln()
        }
    }

    /// Hyperbolic tangent.
    pub fn tanh(self) -> Self {
        if self.is_zero() {
            return self;
        }
        let e = (self.abs() * -2.0).exp_m1();
        let t = -e / (e + 2.0);
        if self.is_negative() { -t } else { t }
    }

    /// `1 / (1 + e^-self)`; the complement is `(-self).sigmoid()`.
    pub fn sigmoid(self) -> Self {
        let e = (-self.abs()).exp();
        let small = e / (e + 1.0);
        if self.is_negative() { small } else { 1.0 / (e + 1.0) }
    }

    /// Derivative of the sigmoid.
    pub fn sigmoid_derivative(self) -> Self {
        self.sigmoid() * (-self).sigmoid()
    }

    /// `ln(1 + e^self)`
    pub fn softplus(self) -> Self {
        let positive = if self.is_negative() { Self::ZERO } else { self };
        positive + (-self.abs()).exp().ln_1p()
    }

    /// `ln sigmoid(self)`
    pub fn log_sigmoid(self) -> Self {
        -(-self).softplus()
    }

    /// `ln cosh self`
    pub fn log_cosh(self) -> Self {
        let a = self.abs();
        if a < 1.0 {
            // cosh a = 1 + 2 sinh(a/2)^2
            let e = a.scale(-1).exp_m1();
            let sinh = (e + e / (e + 1.0)).scale(-1);
            (sinh * sinh * 2.0).ln_1p()
        } else {
            a + (a * -2.0).exp().ln_1p() - Self::LN_2
        }
    }
}
