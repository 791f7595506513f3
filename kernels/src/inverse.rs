//! Division of many elements by one number, as products.

use crate::{Float, Lanes};

/// The inverse of a number from 1 on, in two factors: a product costs a fraction of a
/// division and errs by half an ULP more.
///
/// The first factor is 1, or a power of 2 that keeps the second a normal number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverse<E> {
    power: E,
    rest: E,
}

impl<E: Float> Inverse<E> {
    /// `1 / divisor`, rounded to this type once.
    ///
    /// ```
    /// use gradstep_kernels::Inverse;
    ///
    /// assert_eq!(Inverse::<f32>::of(1.0), Inverse::of(1.0));
    /// assert_ne!(Inverse::<f32>::of(1.0), Inverse::of(2.0));
    /// ```
    #[must_use]
    pub fn of(divisor: f64) -> Self {
        let [more, less] = E::HALF_WAY_POW2;
        let power = if divisor > more.to_f64() { less } else { E::ONE };
        Self { power, rest: E::from_f64(1.0 / (divisor * power.to_f64())) }
    }

    /// `x / divisor`. NaN stays NaN.
    #[inline(always)]
    pub fn times<L: Lanes<Elem = E>>(self, x: L) -> L {
        x * self.power * self.rest
    }
}
