//! Focal loss on logits with labels of 0 and 1: cross-entropy times `(1 - p)^gamma`, where `p`
//! is the probability of the label.
//!
//! With `s = x` for a label of 0 and `s = -x` for one of 1, `1 - p = sigmoid(s)`, so the loss
//! is `a sigmoid(s)^gamma ln(1 + e^s)`, where `a` is the label's share. Its derivative by `s`
//! is `a sigmoid(s)^gamma (gamma sigmoid(-s) ln(1 + e^s) + sigmoid(s))`: nothing cancels. The
//! power is `e^(-gamma ln(1 + e^-s))` with a logarithm of two parts, so that it is as exact at
//! `s = -40` as at 0.

use super::pointwise::{Pointwise, compiled_once};
use crate::math::{Power, exp_of_sum, logistic, pair_plus};
use crate::{Element, Isa, Lanes, select};

/// `-a (1 - p)^gamma ln p`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focal<E> {
    /// Finite, not negative.
    pub gamma: E,
    /// The shares of the labels 0 and 1.
    pub shares: [E; 2],
}

impl<E: Element> Pointwise<E> for Focal<E> {
    const COST: f64 = 1.5;
    const LONG: bool = true;
    const TARGETS: Option<(E, E)> = Some((E::ZERO, E::ONE));
    const COMPACT: bool = true;
    compiled_once!();

    #[allow(clippy::eq_op)] // 0 of a number, NaN of NaN
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let (zero, one) = (x.splat(E::ZERO), x.splat(E::ONE));
        let is_one = y.gt(x.splat(E::HALF));
        let sign = x.splat(-E::ZERO).keep_where(is_one);
        let [of_0, of_1] = self.shares;
        // NaN of the label, which no comparison sees.
        let share = select(is_one, x.splat(of_1), x.splat(of_0)) + (y - y);

        let s = x.xor_bits(sign);
        let (q, l) = logistic(-s.abs());
        let is_wrong = s.ge(zero);
        let p = select(is_wrong, q, one - q); // sigmoid(-s)
        let not_p = select(is_wrong, one - q, q);
        let cost = s.max_or_self(zero) + l; // ln(1 + e^s)

        let power = Power::<E>::new(-self.gamma.to_f64());
        let linear = power.product((-s).max_or_self(zero));
        let factor = share * exp_of_sum(pair_plus(linear, l * -self.gamma));
        let decay = (p * cost).zero_where(p.eq(zero)) * self.gamma; // 0 * inf is 0
        let value = (factor * cost).zero_where(factor.eq(zero));
        (value, (factor * (decay + not_p)).xor_bits(sign))
    }
}
