//! The ends of the element type: factors whose products may overflow or vanish though the
//! result does not, and sums beyond `f32`. All of it is rare and need not be fast, so it is made
//! of kernels that are there.

use super::Loss;
use crate::{Element, split};
use gradstep_kernels::ops::{Dot, Evaluate, MaxAbs, Pointwise, Wanted};
use gradstep_kernels::sweep::Columns;
use gradstep_kernels::{Float, InOut};

/// Elements whose losses are computed at a time.
const CHUNK: usize = 512;

/// What a sum of losses is divided by.
#[derive(Clone, Copy)]
pub(super) struct Divisor {
    pub(super) denominator: f64,
    /// Whether a weight is beyond half of the way to the type's end.
    pub(super) is_heavy: bool,
}

impl Divisor {
    /// Whether its reciprocal is beyond half of the way to an end of the type.
    #[inline(always)]
    fn is_far<E: Element>(self) -> bool {
        let [up, down] = E::HALF_WAY_POW2;
        !(self.denominator >= down.to_f64() && self.denominator <= up.to_f64())
    }

    /// Whether the gradient can't be multiplied by that, or by all weights, in the element
    /// type.
    #[inline(always)]
    pub(super) fn is_extreme<E: Element>(self) -> bool {
        self.is_far::<E>() || self.is_heavy
    }

    /// The factor of an ordinary gradient.
    #[inline(always)]
    pub(super) fn scale<E: Element>(self) -> E {
        E::from_f64(self.denominator.recip())
    }

    /// The gradient of an element whose derivative is `slope * factor`: that of an ordinary
    /// batch where weight and denominator are ordinary.
    fn gradient<E: Element>(self, slope: E, weight: E, factor: E) -> E {
        let [up, _] = E::HALF_WAY_POW2;
        if self.denominator == 0.0 {
            return slope * weight; // no weight
        }
        if !self.is_far::<E>() && weight <= up {
            return slope * weight * (self.scale::<E>() * factor);
        }
        let [slope, weight, factor] = [slope, weight, factor].map(E::to_f64);
        // The weight meets the denominator first, unless their quotient is out of range.
        let ratio = weight / self.denominator;
        let gradient = if ratio.is_normal() || weight == 0.0 {
            slope * ratio
        } else {
            slope / self.denominator * weight
        };
        E::from_f64(gradient * factor)
    }
}

impl<E: Element, P: Pointwise<E>> Loss<'_, E, P> {
    /// The sum of the losses.
    #[inline(always)]
    pub(super) fn sum(&self, prediction: &[E], target: &[E], divisor: Divisor) -> f64 {
        if self.weights.is_some() && divisor.is_extreme::<E>() {
            return self.wide_sum(prediction, target);
        }
        let sum = self.evaluate(Wanted::Loss(prediction), target);
        if sum.is_finite() { sum } else { self.sum_again(sum, prediction, target) }
    }

    /// The sum, if the one that came is infinite or no number: because it is beyond `f32`, or
    /// because it is.
    #[cold]
    #[inline(never)]
    pub(super) fn sum_again(&self, sum: f64, prediction: &[E], target: &[E]) -> f64 {
        let has_nan = |x: &[E]| split::run(self.execution, MaxAbs { x }).is_nan();
        if E::MANTISSA_BITS == f64::MANTISSA_BITS || has_nan(prediction) || has_nan(target) {
            return sum;
        }
        self.wide_sum(prediction, target)
    }

    /// The sum, in `f64` from the product with the weights on.
    #[cold]
    #[inline(never)]
    fn wide_sum(&self, prediction: &[E], target: &[E]) -> f64 {
        let (mut values, ones) = ([E::ZERO; CHUNK], [E::ONE; CHUNK]);
        let mut sum = 0.0;
        let chunks = prediction.chunks(CHUNK).zip(target.chunks(CHUNK));
        for (from, (prediction, target)) in (0..).step_by(CHUNK).zip(chunks) {
            let values = &mut values[..target.len()];
            let wanted = Wanted::Losses(InOut::apart(prediction, &mut *values));
            self.of_chunk(from, wanted, target);
            let weights = self.weights.map_or(&ones[..], |weights| &weights[from..]);
            sum += split::run(self.execution, Dot { a: values, b: &weights[..target.len()] });
        }
        sum
    }

    /// The gradient, each product so that it neither overflows nor vanishes on the way.
    #[cold]
    #[inline(never)]
    pub(super) fn differentiate(
        &self,
        mut prediction: InOut<'_, E>,
        target: &[E],
        divisor: Divisor,
    ) {
        // What the kernels add, too: no weight leaves no -0.
        let zero = if self.weights.is_some() { E::ZERO } else { -E::ZERO };
        for (from, target) in (0..).step_by(CHUNK).zip(target.chunks(CHUNK)) {
            let (mut chunk, rest) = prediction.split_at(target.len());
            prediction = rest;
            let wanted = Wanted::Grad(chunk.reborrow(), E::ONE / P::FACTOR);
            self.of_chunk(from, wanted, target);
            for (i, slope) in chunk.output().iter_mut().enumerate() {
                let weight = self.weights.map_or(E::ONE, |weights| weights[from + i]);
                *slope = divisor.gradient(*slope, weight, P::FACTOR) + zero;
            }
        }
    }

    /// What is wanted of a chunk, without weights.
    fn of_chunk(&self, from: usize, wanted: Wanted<'_, E>, target: &[E]) {
        let formula = self.formula;
        let columns = self.columns.map(|columns| Columns::new(columns).skip(from));
        let kernel = Evaluate { formula, wanted, target, weights: None, columns };
        split::run(self.execution, kernel);
    }
}
