//! RMSprop, plain, centred and with momentum, in one pass.

use super::{Coupled, Update, compiled_once};
use crate::{Element, Float, Isa, Lanes};

/// With the gradient `h` of `coupled` and the state `v`, then `mean` if it is centred, then
/// `buffer` if it has momentum: `v := alpha v + (1 - alpha) h^2` and
/// `d = h / (sqrt(v) + eps)`; with `mean := mean + (1 - alpha) (h - mean)` it is the root of
/// `v - mean^2`; and `w := w - learning_rate d`, or with `buffer := momentum buffer + d`
/// `w := w - learning_rate buffer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp<E> {
    /// What is taken for the gradient.
    pub coupled: Coupled<E>,
    /// The share of the old averages.
    pub alpha: E,
    /// `1 - alpha`
    pub one_minus_alpha: E,
    /// Added to the root.
    pub eps: E,
    /// The learning rate.
    pub learning_rate: E,
    /// The share of the old buffer.
    pub momentum: E,
    /// Whether the second of two slices is the mean; else it is the buffer.
    pub centered: bool,
}

/// The form of two slices whose second is the mean.
const CENTERED: u8 = 1;

impl<E: Float> RmsProp<E> {
    /// `h` and the next average of squares.
    #[inline(always)]
    fn square<L: Lanes<Elem = E>>(self, w: L, g: L, v: L) -> (L, L) {
        let h = self.coupled.gradient(w, g);
        // In this order no product overflows before the result does.
        (h, v * self.alpha + h * self.one_minus_alpha * h)
    }

    /// The next mean, and `h` over what is left of the squares without it.
    #[inline(always)]
    fn centered<L: Lanes<Elem = E>>(self, h: L, v: L, mean: L) -> (L, L) {
        let mean = mean + (h - mean) * self.one_minus_alpha;
        // Rounding may leave less than 0, which has no root.
        let spread = (v - mean * mean).max_or_self(v.splat(E::ZERO));
        (mean, h / (spread.sqrt() + self.eps))
    }
}

impl<E: Element> Update<E, 1> for RmsProp<E> {
    compiled_once!(1);

    const STATE: [&'static str; 1] = ["v"];
    const COST: f64 = 0.3;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [v]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let (h, v) = self.square(w, g, v);
        (w - h / (v.sqrt() + self.eps) * self.learning_rate, [v])
    }
}

impl<E: Element> Update<E, 2> for RmsProp<E> {
    compiled_once!(2);

    const STATE: [&'static str; 2] = ["v", "mean or buffer"];
    const COST: f64 = 0.4;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        u8::from(self.centered) * CENTERED
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [v, other]: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        let (h, v) = self.square(w, g, v);
        let (other, d) = if FORM == CENTERED {
            self.centered(h, v, other)
        } else {
            let buffer = other * self.momentum + h / (v.sqrt() + self.eps);
            (buffer, buffer)
        };
        (w - d * self.learning_rate, [v, other])
    }
}

impl<E: Element> Update<E, 3> for RmsProp<E> {
    compiled_once!(3);

    const STATE: [&'static str; 3] = ["v", "mean", "buffer"];
    const COST: f64 = 0.5;

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [v, mean, buffer]: [E::Lanes<I>; 3],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 3]) {
        let (h, v) = self.square(w, g, v);
        let (mean, d) = self.centered(h, v, mean);
        let buffer = buffer * self.momentum + d;
        (w - buffer * self.learning_rate, [v, mean, buffer])
    }
}
