//! Factors of the gradients of a batch's rows.

use super::per_row::PerRow;
use super::wide::ScaleAndSubtract;
use super::{BATCH, Logits, RowWeights, Shape};
use crate::lanes::{Float, Isa};
use crate::math::Math;

/// A factor for each row, in parts whose quotients by a sum of exponentials neither overflow nor
/// lose digits, whatever the factor.
pub(super) struct RowFactors<E> {
    /// The factor, but for a power of 2 that would take it too far from 1.
    pub(super) high: PerRow<E>,
    /// The rounding error of `high`.
    pub(super) low: PerRow<E>,
    /// The power of 2 by which `high` must still be multiplied.
    rest: PerRow<E>,
    /// Whether one of those powers is not 1.
    has_rest: bool,
    /// How many times [`finish`](Self::finish) must be called to multiply by it: more than once
    /// where a factor of `f64` is beyond the range of the type.
    pub(super) times: u32,
    /// How many of the first rows have the same factor as in the batch before.
    same: usize,
}

impl<E: Math> RowFactors<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        let (high, low, rest) = (PerRow::new(), PerRow::new(), PerRow::new());
        Self { high, low, rest, has_rest: false, times: 1, same: 0 }
    }

    /// `scale`, times each row's weight and a further factor of the row if there are any. Not
    /// inlined, so that all levels share it: it touches no register.
    #[inline(never)]
    pub(super) fn read(
        &mut self,
        rows: usize,
        scale: f64,
        upstream: Option<&[E]>,
        weights: Option<RowWeights<'_, E>>,
    ) {
        for numbers in [&mut self.high, &mut self.low, &mut self.rest] {
            numbers.reserve(rows);
        }
        if upstream.is_none() && weights.is_none() {
            if rows <= self.same {
                return;
            }
            self.same = rows;
            let scale = near::<E>(scale, &mut self.times);
            self.set_first(scale);
            let (high, low, rest) = (self.high[0], self.low[0], self.rest[0]);
            self.high[..rows].fill(high);
            self.low[..rows].fill(low);
            self.rest[..rows].fill(rest);
            return;
        }
        (self.times, self.same) = (1, 0);
        // Loops without choices, of which the compiler makes several rows at once.
        let mut factors = [scale; BATCH];
        let factors = &mut factors[..rows];
        if let Some(RowWeights { weights, lift }) = weights {
            for (factor, weight) in factors.iter_mut().zip(weights) {
                *factor *= weight.to_f64() * lift;
            }
        }
        if let Some(upstream) = upstream {
            for (factor, upstream) in factors.iter_mut().zip(upstream) {
                *factor *= upstream.to_f64();
            }
        }
        let [up, down] = E::HALF_WAY_POW2.map(E::to_f64);
        let is_far = |factor: &f64| (factor.abs() < down) | (factor.abs() > up);
        self.has_rest = factors.iter().fold(false, |any, factor| any | is_far(factor));
        let parts_of = self.high.iter_mut().zip(self.low.iter_mut());
        if self.has_rest {
            for (((high, low), rest), factor) in parts_of.zip(self.rest.iter_mut()).zip(factors) {
                (*high, *low, *rest) = parts(*factor);
            }
        } else {
            self.rest.fill(E::ONE);
            for ((high, low), factor) in parts_of.zip(factors) {
                *high = E::from_f64(*factor);
                *low = E::from_f64(*factor - high.to_f64());
            }
        }
    }

    /// Makes the factors 0 of rows whose number of a class is negative.
    #[inline(always)]
    pub(super) fn clear_negative(&mut self, numbers: &[E]) {
        self.same = 0;
        for ((high, low), number) in self.high.iter_mut().zip(self.low.iter_mut()).zip(numbers) {
            let is_kept = *number >= E::ZERO;
            *high = if is_kept { *high } else { E::ZERO };
            *low = if is_kept { *low } else { E::ZERO };
        }
    }

    /// Makes the factor of a row 0.
    #[inline(always)]
    pub(super) fn clear(&mut self, row: usize) {
        self.same = 0;
        (self.high[row], self.low[row]) = (E::ZERO, E::ZERO);
    }

    /// Splits the factor of the first row.
    #[inline(always)]
    fn set_first(&mut self, factor: f64) {
        let (high, low, rest) = parts(factor);
        self.has_rest = rest != E::ONE;
        (self.high[0], self.low[0], self.rest[0]) = (high, low, rest);
    }

    /// A register of factors, each in two parts.
    #[inline(always)]
    pub(super) fn load<I: Isa>(&self, isa: I, from: usize) -> (E::Lanes<I>, E::Lanes<I>) {
        (self.high.load(isa, from), self.low.load(isa, from))
    }

    /// Multiplies gradients by the powers of 2 that `high` lacks.
    #[inline(always)]
    pub(super) fn finish<I: Isa>(&self, isa: I, logits: &mut Logits<'_, E>, shape: Shape) {
        if !self.has_rest {
            return;
        }
        let Some((grad, stride)) = logits.grad(shape) else { return };
        if shape.positions != 0 {
            for class in grad.chunks_mut(stride).take(shape.classes) {
                for (g, rest) in class.iter_mut().zip(&self.rest[..shape.rows]) {
                    *g = *g * *rest;
                }
            }
            return;
        }
        for r in 0..shape.rows {
            if self.rest[r] != E::ONE {
                let row = &mut grad[r * stride..][..shape.classes];
                isa.dispatch(ScaleAndSubtract(row, self.rest[r], E::ZERO));
            }
        }
    }
}

/// A factor in two parts, and the power of 2 by which they must still be multiplied.
#[inline(always)]
pub(super) fn parts<E: Float>(factor: f64) -> (E, E, E) {
    let [up, down] = E::HALF_WAY_POW2;
    let (near, rest) = match factor.abs() {
        size if size < down.to_f64() => (factor * up.to_f64(), down),
        size if size > up.to_f64() => (factor * down.to_f64(), up),
        _ => (factor, E::ONE),
    };
    let high = E::from_f64(near);
    (high, E::from_f64(near - high.to_f64()), rest)
}

/// A scale of `f64`, which may be far beyond the range of the type, brought into it by a power of
/// 2, applied `times` times.
#[inline(always)]
fn near<E: Float>(mut scale: f64, times: &mut u32) -> f64 {
    let [up, down] = E::HALF_WAY_POW2.map(E::to_f64);
    *times = 1;
    while scale.abs() > up * up && scale.abs() < f64::INFINITY {
        (scale, *times) = (scale * down, *times + 1);
    }
    while scale.abs() < down * down && scale != 0.0 {
        (scale, *times) = (scale * up, *times + 1);
    }
    scale
}
