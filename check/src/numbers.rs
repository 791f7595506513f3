//! The element types as tests see them: draws, special values, patterns.

use crate::reference::{Format, ulp};
use gradstep::Element;
use proptest::strategy::{BoxedStrategy, Strategy};

/// An element type.
pub trait Number: Element {
    /// For `reference::ulp`.
    const FORMAT: Format;
    /// The largest finite number.
    const LARGEST: Self;

    /// Any number, special values included.
    fn any() -> BoxedStrategy<Self>;

    /// Whether this is neither NaN nor infinite.
    fn finite(self) -> bool {
        self.to_f64().is_finite()
    }
}

macro_rules! number {
    ($float:ident, $format:ident) => {
        impl Number for $float {
            const FORMAT: Format = Format::$format;
            const LARGEST: Self = $float::MAX;

            fn any() -> BoxedStrategy<Self> {
                proptest::num::$float::ANY.boxed()
            }
        }
    };
}
number!(f32, F32);
number!(f64, F64);

/// The pattern, that of every NaN alike: payload and sign of NaN mean nothing.
pub fn bits<E: Number>(x: E) -> u64 {
    if x.is_nan() { E::NAN.bits() } else { x.bits() }
}

/// Error in ULPs of `magnitude`.
pub fn error_at<E: Number>(
    got: E,
    reference: crate::reference::Double,
    magnitude: crate::reference::Double,
) -> f64 {
    ulp::error_at(got.to_f64(), reference, magnitude, E::FORMAT)
}

/// Numbers at which formulas break: zeros, both ends of the subnormals, ones and
/// their neighbours, the largest, infinities, NaN; of both signs.
pub fn special<E: Number>() -> Vec<E> {
    let one = E::ONE.bits();
    let positive = [
        E::ZERO,
        E::from_bits(1),
        E::from_bits(E::MIN_POSITIVE.bits() - 1),
        E::MIN_POSITIVE,
        E::from_bits(one - 1),
        E::ONE,
        E::from_bits(one + 1),
        E::LARGEST * E::HALF,
        E::LARGEST,
        E::INFINITY,
        E::NAN,
    ];
    positive.into_iter().flat_map(|x| [x, -x]).collect()
}

/// Turns a number below 0 into one above.
pub fn not_negative<E: Number>(x: E) -> E {
    if x < E::ZERO { -x } else { x }
}

/// Turns a number into one in [0, 1], of any magnitude below 1.
pub fn into_unit<E: Number>(x: E) -> E {
    let x = not_negative(x);
    if x > E::ONE { E::ONE / x } else { x }
}

/// Numbers that are easy to compute with, the simplest first.
pub(crate) fn simple<E: Number>() -> [E; 7] {
    [0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5].map(E::from_f64)
}

/// The same against each other.
pub(crate) fn simple_pairs<E: Number>() -> Vec<[E; 2]> {
    simple().into_iter().flat_map(|b| simple().map(|a| [a, b])).collect()
}

/// `x` and its neighbours up to `steps` away, on the same side of 0.
pub fn around<E: Number>(x: E, steps: u64) -> impl Iterator<Item = E> {
    let sign = x.bits() & (-E::ZERO).bits();
    let middle = x.bits() - sign;
    (middle.saturating_sub(steps)..=middle + steps).map(move |bits| E::from_bits(bits | sign))
}

/// The same numbers in every run: splitmix64 by Steele, Lea and Flood (2014).
pub struct Random(u64);

impl Random {
    /// Draws that `seed` alone determines.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// Uniform in `low..high`.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 * 2f64.powi(-53)
    }

    /// Any pattern.
    pub fn pattern<E: Number>(&mut self) -> E {
        E::from_bits(self.bits())
    }

    /// Any magnitude that is finite four times over, subnormals included, of
    /// either sign.
    pub fn wide<E: Number>(&mut self) -> E {
        let below = (E::LARGEST * E::from_f64(0.25)).bits();
        let x = E::from_bits(self.bits() % below);
        if self.bits().is_multiple_of(2) { x } else { -x }
    }

    /// Uniform in `low..high`, rounded.
    pub fn ordinary<E: Number>(&mut self, low: f64, high: f64) -> E {
        E::from_f64(self.within(low, high))
    }
}
