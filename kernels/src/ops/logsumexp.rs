//! Logarithm of the sum of exponentials of each row.
//!
//! With `m = max x` it is `m + ln(1 + others)`, where `others` is the sum of
//! `exp(x_j - m)` over all `j` but one maximum: it neither overflows nor loses a
//! small share beside the maximum's 1.

use super::cross_entropy::{but_one, exponential};
use crate::math::{Math, ln_1p};
use crate::{Element, Isa, Kernel, Lanes, Level, Split, sweep};

/// Writes `ln(sum_j exp(x_j))` of each row.
#[derive(Debug)]
pub struct LogSumExp<'a, E> {
    /// `[rows, classes]`
    pub x: &'a [E],
    /// Columns; at least 1.
    pub classes: usize,
    /// `[rows]`, overwritten.
    pub out: &'a mut [E],
}

/// Rows whose logarithms are computed together.
const BATCH: usize = 64;

impl<E: Math> Kernel for LogSumExp<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let batches =
            self.x.chunks(BATCH.saturating_mul(self.classes)).zip(self.out.chunks_mut(BATCH));
        for (x, out) in batches {
            let (mut largest, mut others) = ([E::ZERO; BATCH], [E::ZERO; BATCH]);
            let rows = x.chunks_exact(self.classes);
            for ((x, largest), others) in rows.zip(&mut largest).zip(&mut others) {
                *largest = sweep::max::<E::Lanes<I>>(isa, x);
                let m = E::Lanes::<I>::splat(isa, *largest);
                let sum = sweep::sum(
                    isa,
                    x,
                    #[inline(always)]
                    |x| exponential(x, m),
                );
                // From 2 on the sum has lost nothing beside the maximum's 1.
                *others = E::from_f64(if sum < 2.0 {
                    sweep::sum(
                        isa,
                        x,
                        #[inline(always)]
                        |x| but_one(exponential(x, m)),
                    )
                } else {
                    sum - 1.0
                });
            }
            let rows = out.len();
            let reads = (&largest[..rows], &others[..rows]);
            sweep::update(
                isa,
                out,
                reads,
                #[inline(always)]
                |_: E::Lanes<I>, (largest, others)| largest.add(ln_1p(others)),
            );
        }
    }
}

impl<E: Element> Split for LogSumExp<'_, E> {
    /// Whole batches of rows, and at least 32 Ki elements or one batch.
    fn leaf(&self) -> usize {
        (32_768 / self.classes).next_multiple_of(BATCH).max(BATCH)
    }
    fn cost(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let classes = self.classes as f64;
        // A row costs some 20 ns however short it is.
        0.4 * classes + 20.0
    }
    fn len(&self) -> usize {
        self.out.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { x, classes, out } = self;
        let (x, x_rest) = x.split_at(mid * classes);
        let (out, out_rest) = out.split_at_mut(mid);
        (Self { x, classes, out }, Self { x: x_rest, classes, out: out_rest })
    }
    fn join((): (), (): ()) {}
    fn run_on(self, level: Level) {
        E::run(level, self);
    }
}
