//! Double-double arithmetic with a wide exponent.
//!
//! A [`Double`] is `(hi + lo) * 2^(512 step)` with `hi = RN(hi + lo)` and
//! `2^-256 <= |hi| < 2^256`. The pair carries at least 106 bits; one operation
//! errs by at most a few units of 2^-106, relative. The step keeps both words
//! away from the ends of the `f64` range, so neither squares nor tiny
//! exponentials overflow, underflow or lose their low word, and a result that
//! is subnormal in `f64` is still known to full precision.
//!
//! NaN and the infinities flow as in `f64`: they are carried in `hi` alone, so
//! that an error-free transform never turns an infinity into NaN.
//!
//! Algorithms: Joldes, Muller, Popescu, "Tight and rigorous error bounds for
//! basic building blocks of double-word arithmetic" (2017), numbers 6 and 12.

use core::cmp::Ordering;
use core::iter::Sum;
use core::ops::{Add, Div, Mul, Neg, Sub};

pub(super) const STEP: i32 = 512;

/// `2^n` for `n` in the normal range.
pub(super) fn pow2(n: i32) -> f64 {
    assert!((-1022..=1023).contains(&n));
    f64::from_bits(((1023 + n) as u64) << 52)
}

/// `a + b` exactly, as a rounded sum and its error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// `two_sum` for `|a| >= |b|`.
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    (s, b - (s - a))
}

/// A number of 106 bits: `(hi + lo) * 2^(512 step)`.
#[derive(Clone, Copy, Debug)]
pub struct Double {
    pub(super) hi: f64,
    pub(super) lo: f64,
    pub(super) step: i32,
}

impl Double {
    /// 0
    pub const ZERO: Self = Self::exact(0.0);
    /// 1
    pub const ONE: Self = Self::exact(1.0);
    /// NaN
    pub const NAN: Self = Self::exact(f64::NAN);
    /// Positive infinity.
    pub const INFINITY: Self = Self::exact(f64::INFINITY);
    /// ln 2, error below 2^-108.
    pub const LN_2: Self = Self::pair(core::f64::consts::LN_2, 2.3190468138462996e-17);

    /// For constants whose magnitude needs no step.
    const fn exact(hi: f64) -> Self {
        Self::pair(hi, 0.0)
    }

    /// For constants: `hi = RN(hi + lo)` and of a magnitude that needs no step.
    pub(super) const fn pair(hi: f64, lo: f64) -> Self {
        Self { hi, lo, step: 0 }
    }

    fn normal(mut hi: f64, mut lo: f64, mut step: i32) -> Self {
        if hi == 0.0 || !hi.is_finite() {
            return Self::exact(hi);
        }
        while hi.abs() >= pow2(STEP / 2) {
            (hi, lo, step) = (hi * pow2(-STEP), lo * pow2(-STEP), step + 1);
        }
        while hi.abs() < pow2(-STEP / 2) {
            (hi, lo, step) = (hi * pow2(STEP), lo * pow2(STEP), step - 1);
        }
        Self { hi, lo, step }
    }

    /// The high and low words, if the value lies in `±[2^-256, 2^256)` or is
    /// zero, infinite or NaN.
    pub(super) fn words(self) -> Option<(f64, f64)> {
        (self.step == 0).then_some((self.hi, self.lo))
    }

    /// Whether this is NaN.
    pub fn is_nan(self) -> bool {
        self.hi.is_nan()
    }

    /// Whether this is neither NaN nor infinite.
    pub fn is_finite(self) -> bool {
        self.hi.is_finite()
    }

    /// Whether this is 0, of either sign.
    pub fn is_zero(self) -> bool {
        self.hi == 0.0
    }

    /// The sign bit, also of a zero.
    pub fn is_negative(self) -> bool {
        self.hi.is_sign_negative()
    }

    /// The magnitude.
    pub fn abs(self) -> Self {
        if self.is_negative() { -self } else { self }
    }

    /// -1, 0, 1 or NaN: the sign function that is 0 at 0.
    pub fn sign(self) -> Self {
        if self.is_zero() {
            Self::ZERO
        } else {
            Self::exact(self.hi.signum()) // NaN stays NaN
        }
    }

    /// The larger one; NaN if either is NaN.
    pub fn max(self, other: Self) -> Self {
        if self.is_nan() || self > other { self } else { other }
    }

    /// Exactly `self * 2^n`.
    pub fn scale(self, n: i32) -> Self {
        let (steps, rest) = (n.div_euclid(STEP), pow2(n.rem_euclid(STEP)));
        Self::normal(self.hi * rest, self.lo * rest, self.step + steps)
    }

    /// `self^n` by repeated squaring; relative error about `n * 2^-104`.
    pub fn powi(self, n: u64) -> Self {
        if n == 0 {
            return Self::ONE;
        }
        let half = self.powi(n / 2);
        let square = half * half;
        if n % 2 == 1 { square * self } else { square }
    }

    /// The square root.
    pub fn sqrt(self) -> Self {
        if !(self.hi > 0.0 && self.is_finite()) {
            return Self::exact(self.hi.sqrt());
        }
        // An even step halves.
        let odd = self.step.rem_euclid(2);
        let wide = pow2(STEP * odd);
        let (hi, lo, step) = (self.hi * wide, self.lo * wide, (self.step - odd) / 2);
        let root = hi.sqrt();
        let square = root * root;
        let residue = (hi - square) - root.mul_add(root, -square) + lo;
        let (hi, lo) = fast_two_sum(root, residue / (2.0 * root));
        Self::normal(hi, lo, step)
    }
}

impl From<f64> for Double {
    fn from(x: f64) -> Self {
        Self::normal(x, 0.0, 0)
    }
}

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo, ..self }
    }
}

impl Add for Double {
    type Output = Self;
    /// Exact for two `f64` less than 2^512 apart; beyond that the smaller is dropped.
    fn add(self, other: Self) -> Self {
        if !(self.is_finite() && other.is_finite()) || (self.is_zero() && other.is_zero()) {
            return Self::exact(self.hi + other.hi);
        }
        if self.is_zero() || other.is_zero() {
            return if self.is_zero() { other } else { self };
        }
        let (big, small) = if self.step >= other.step { (self, other) } else { (other, self) };
        let down = match big.step - small.step {
            0 => 1.0,
            1 => pow2(-STEP),
            _ => return big,
        };
        let (sum, error) = two_sum(big.hi, small.hi * down);
        let (low, low_error) = two_sum(big.lo, small.lo * down);
        let (sum, error) = fast_two_sum(sum, error + low);
        let (hi, lo) = fast_two_sum(sum, low_error + error);
        Self::normal(hi, lo, big.step)
    }
}

impl Sub for Double {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.hi * other.hi;
        if product == 0.0 || !product.is_finite() {
            return Self::exact(product);
        }
        let error = self.hi.mul_add(other.hi, -product);
        let cross = self.lo.mul_add(other.hi, self.hi.mul_add(other.lo, self.lo * other.lo));
        let (hi, lo) = fast_two_sum(product, error + cross);
        Self::normal(hi, lo, self.step + other.step)
    }
}

impl Div for Double {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        if first == 0.0 || !first.is_finite() || !other.is_finite() {
            return Self::exact(first);
        }
        let quotient = |x: Self| Self::normal(x.hi / other.hi, 0.0, x.step - other.step);
        let first = quotient(self);
        let rest = self - other * first;
        let second = quotient(rest);
        first + (second + quotient(rest - other * second))
    }
}

/// The three mixed forms of an operator, with an `f64` on either side.
macro_rules! with_f64 {
    ($($op:ident $method:ident),+) => {$(
        impl $op<f64> for Double {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                $op::$method(self, Self::from(other))
            }
        }
        impl $op<Double> for f64 {
            type Output = Double;
            fn $method(self, other: Double) -> Double {
                $op::$method(Double::from(self), other)
            }
        }
    )+};
}
with_f64!(Add add, Sub sub, Mul mul, Div div);

impl Sum for Double {
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        terms.fold(Self::ZERO, Add::add)
    }
}

impl PartialOrd for Double {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.is_finite() && other.is_finite() {
            (*self - *other).hi.partial_cmp(&0.0)
        } else {
            // An infinity or NaN decides whatever the step of the other is.
            self.hi.partial_cmp(&other.hi)
        }
    }
}

impl PartialEq for Double {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialEq<f64> for Double {
    fn eq(&self, other: &f64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialOrd<f64> for Double {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.partial_cmp(&Self::from(*other))
    }
}
