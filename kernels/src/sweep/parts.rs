//! A sum of terms that come part by part.

use super::{Stream, block_sum};
use crate::lanes::{Float, Isa, Lanes};

/// The most virtual lanes that an element type has.
const LANES: usize = 32;

/// A sum that is added up part by part, to the bits of [`sum`](super::sum) of all of them.
#[derive(Debug)]
pub(crate) struct PartialSum<E> {
    /// Of the block that has begun.
    lanes: [E; LANES],
    /// Of the blocks before, for each lane.
    totals: [f64; LANES],
    /// How many terms the block that has begun has.
    terms: usize,
}

impl<E: Float> PartialSum<E> {
    /// Of no terms.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        // Adding -0 leaves all numbers as they are.
        Self { lanes: [E::ZERO; LANES], totals: [-0.0; LANES], terms: 0 }
    }

    /// Adds the formula of the next `len` elements: whole groups of registers but for the last
    /// part, and none from two blocks.
    #[inline(always)]
    pub(crate) fn include<I: Isa, R: Stream<E, I>>(
        &mut self,
        isa: I,
        reads: R,
        len: usize,
        formula: impl Fn(R::Regs) -> E::Lanes<I>,
    ) {
        let zero = isa.splat(E::ZERO);
        let mut group = zero.group();
        let lanes = const { E::Lanes::<I>::LANES };
        for (register, lanes) in group.as_mut().iter_mut().zip(self.lanes.chunks(lanes)) {
            *register = Lanes::load_partial(lanes, zero);
        }
        let group = block_sum::<E, I, _, _>(
            isa,
            group,
            (),
            reads,
            len,
            inline!(|(), reads| ((), formula(reads))),
        );
        for (register, lanes) in group.as_ref().iter().zip(self.lanes.chunks_mut(lanes)) {
            register.store_partial(lanes);
        }
        self.terms += len;
    }

    /// Closes the block if it is full.
    pub(crate) fn close_full_block(&mut self) {
        if self.terms >= E::BLOCK {
            self.close();
            (self.lanes, self.terms) = ([E::ZERO; LANES], 0);
        }
    }

    fn close(&mut self) {
        for (total, lane) in self.totals.iter_mut().zip(&self.lanes) {
            *total = lane.to_f64() + *total;
        }
    }

    /// The sum: lanes join in halving order.
    pub(crate) fn total(mut self) -> f64 {
        if self.terms > 0 {
            self.close();
        }
        let totals = &mut self.totals[..E::VIRTUAL];
        let mut len = E::VIRTUAL;
        while len > 1 {
            len /= 2;
            for i in 0..len {
                totals[i] += totals[i + len];
            }
        }
        totals[0]
    }
}
