//! Longer rows, one by one: a sweep for the exponentials with their sum, one to scale them.
//!
//! What is left to do of the row before, and the largest of the row after, take no longer in
//! the same sweep: its arithmetic hides their memory.

use super::exponentials::{Exponentials, two_sum};
use crate::lanes::{Float, Isa, Lanes};
use crate::math::{Math, ScaledExp};
use crate::sweep::{self, Padded};
use crate::InOut;
use core::cell::Cell;

/// A row whose exponentials are wanted.
pub(super) struct Wide<'a, E: Math, I: Isa> {
    isa: I,
    row: InOut<'a, E>,
    scaled: ScaledExp<E::Lanes<I>>,
    /// The exponential of the largest.
    top: E,
}

impl<'a, E: Math, I: Isa> Wide<'a, E, I> {
    /// A row whose largest element is given.
    #[inline(always)]
    pub(super) fn new(isa: I, mut row: InOut<'a, E>, m: E) -> Self {
        let scaled = ScaledExp::new(isa.splat(m));
        if !scaled.is_direct() {
            sweep::update(
                isa,
                row.reborrow(),
                (),
                #[inline(always)]
                |x, ()| scaled.reducible(x),
            );
            row = row.in_place();
        }
        Self { isa, row, scaled, top: top(isa, scaled, m) }
    }

    /// Writes the exponentials.
    #[inline(always)]
    pub(super) fn exponentials(mut self) -> (Exponentials<f64>, &'a mut [E]) {
        let scaled = self.scaled;
        let sum = sweep::update_sum_compensated(
            self.isa,
            self.row.reborrow(),
            (),
            #[inline(always)]
            |x, ()| {
                let e = scaled.exp_reducible(x);
                (e, e)
            },
        );
        self.found(sum)
    }

    /// The same; also multiplies the row before by `scale`, and finds the largest element of
    /// the row after.
    #[inline(always)]
    pub(super) fn exponentials_between(
        mut self,
        before: &mut [E],
        scale: E,
        after: &[E],
    ) -> ((Exponentials<f64>, &'a mut [E]), E) {
        let scaled = self.scaled;
        let largest = Cell::new(self.isa.splat(-E::INFINITY));
        let sum = sweep::update_sum_compensated(
            self.isa,
            (self.row.reborrow(), before),
            Padded(after, -E::INFINITY),
            #[inline(always)]
            |(x, g), x_after| {
                largest.set(largest.get().max_or_self(x_after));
                let e = scaled.exp_reducible(x);
                ((e, g * scale), e)
            },
        );
        (self.found(sum), largest.get().max_lanes())
    }

    /// All exponentials from their sum.
    #[inline(always)]
    fn found(self, sum: (f64, f64)) -> (Exponentials<f64>, &'a mut [E]) {
        let Self { isa, row, top, .. } = self;
        let row = row.into_output();
        let (others, error) = if hides_others(top, sum) {
            sweep::sum_compensated(
                isa,
                &*row,
                #[inline(always)]
                |e| e.zero_where(e.eq(isa.splat(top))),
            )
        } else {
            (sum.0 - top.to_f64(), sum.1)
        };
        (Exponentials { top: top.to_f64(), others: two_sum(others, error) }, row)
    }
}

/// The exponentials of a row that is not written.
#[inline(always)]
pub(super) fn exponentials_of<E: Math, I: Isa>(isa: I, x: &[E], m: E) -> Exponentials<f64> {
    let scaled = ScaledExp::new(isa.splat(m));
    let top = top(isa, scaled, m);
    // No exponential is negative, so the first sum leaves nothing out.
    let mut left_out = -E::ONE;
    loop {
        let but = isa.splat(left_out);
        let sum = sweep::sum_compensated(
            isa,
            x,
            #[inline(always)]
            |x| {
                let e = scaled.exp(x);
                e.zero_where(e.eq(but))
            },
        );
        if left_out < E::ZERO && hides_others(top, sum) {
            left_out = top;
            continue;
        }
        let others = if left_out < E::ZERO { sum.0 - top.to_f64() } else { sum.0 };
        return Exponentials { top: top.to_f64(), others: two_sum(others, sum.1) };
    }
}

/// Whether the others may be lost beside the largest exponential in the sum of all. Below twice
/// the largest, exactly one is as large; from there on nothing is lost.
#[inline(always)]
fn hides_others<E: Float>(top: E, (sum, _): (f64, f64)) -> bool {
    sum < 2.0 * top.to_f64()
}

/// The exponential of the largest.
#[inline(always)]
fn top<E: Math, I: Isa>(isa: I, scaled: ScaledExp<E::Lanes<I>>, m: E) -> E {
    scaled.exp(isa.splat(m)).to_array().as_ref()[0]
}
