//! The exponentials of a row and their sum, on which everything in this folder stands.

use crate::lanes::{Float, Isa, Lanes, select};
use crate::math::Math;
use crate::math::eft::{Number, residual, two_sum};
use core::ops::AddAssign;

/// The exponentials of a row, up to one factor of the row.
#[derive(Clone, Copy)]
pub(super) struct Exponentials<T> {
    /// The largest.
    pub(super) exp_max: T,
    /// The sum of all but that one, as the sum of two numbers, of which the second is small.
    pub(super) sum_rest: (T, T),
}

impl Exponentials<f64> {
    /// Those of one row, in every lane.
    #[inline(always)]
    pub(super) fn splat<I: Isa>(self, isa: I) -> Exponentials<I::F64> {
        let Self { exp_max, sum_rest } = self;
        Exponentials {
            exp_max: isa.splat(exp_max),
            sum_rest: (isa.splat(sum_rest.0), isa.splat(sum_rest.1)),
        }
    }
}

impl<T: Number> Exponentials<T> {
    /// `sum_rest / exp_max`
    #[inline(always)]
    pub(super) fn ratio(self) -> T {
        (self.sum_rest.0 + self.sum_rest.1) / self.exp_max
    }

    /// The sum of all, as the sum of two numbers.
    #[inline(always)]
    pub(super) fn sum(self) -> (T, T) {
        let (sum, error) = two_sum(self.exp_max, self.sum_rest.0);
        (sum, error + self.sum_rest.1)
    }

    /// The sum of all but one exponential `e`, as the sum of two numbers, with no difference
    /// of nearly equal numbers: `e` is at most half of the sum, or it is the largest, and then
    /// the difference is exact.
    #[inline(always)]
    pub(super) fn without(self, e: T) -> (T, T) {
        let (sum, error) = self.sum();
        (sum - e, error)
    }
}

impl<L: Lanes<Elem: Math>> Exponentials<L> {
    /// The largest exponential where it is more than all others together, else NaN, to which no
    /// exponential is equal.
    #[inline(always)]
    pub(super) fn only_max(self) -> L {
        let sum_rest = self.sum_rest.0 + self.sum_rest.1;
        select(sum_rest.lt(self.exp_max), self.exp_max, sum_rest.splat(L::Elem::NAN))
    }

    /// `(n + n_low) / (exp_max + sum_rest)`, as the sum of two numbers.
    #[inline(always)]
    pub(super) fn quotient(self, (n, n_low): (L, L)) -> (L, L) {
        let (sum, error) = self.sum();
        let q = n / sum;
        let rest = residual(n, q, sum) + q.neg_mul_add(error, n_low);
        (q, rest / sum)
    }
}

/// A sum that keeps its rounding errors beside it.
#[derive(Clone, Copy)]
pub(super) struct CompensatedSum<L> {
    pub(super) sum: L,
    pub(super) error: L,
}

impl<L: Lanes> CompensatedSum<L> {
    #[inline(always)]
    pub(super) fn zero(like: L) -> Self {
        let zero = like.splat(L::Elem::ZERO);
        Self { sum: zero, error: zero }
    }

    /// As one number.
    #[inline(always)]
    pub(super) fn total(self) -> L {
        // The rounding error of an infinite sum is NaN.
        select(self.error.is_nan(), self.sum, self.sum + self.error)
    }
}

impl<L: Lanes> AddAssign<L> for CompensatedSum<L> {
    #[inline(always)]
    fn add_assign(&mut self, term: L) {
        let (sum, error) = two_sum(self.sum, term);
        *self = Self { sum, error: self.error + error };
    }
}
