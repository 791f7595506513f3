//! A sum of terms that come part by part.

use super::block_sum;
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

    /// Adds the next terms, with weights if there are some: whole groups of registers but for
    /// the last part, and none from two blocks.
    #[inline(always)]
    pub(crate) fn include<I: Isa>(&mut self, isa: I, terms: &[E], weights: Option<&[E]>) {
        let zero = isa.splat(E::ZERO);
        let mut group = zero.group();
        let lanes = const { E::Lanes::<I>::LANES };
        for (register, lanes) in group.as_mut().iter_mut().zip(self.lanes.chunks(lanes)) {
            *register = Lanes::load_partial(lanes, zero);
        }
        let len = terms.len();
        let group = match weights {
            None => block_sum::<E, I, _, _>(isa, group, (), terms, len, &alone),
            Some(by) => block_sum::<E, I, _, _>(isa, group, (), (terms, by), len, &product),
        };
        for (register, lanes) in group.as_ref().iter().zip(self.lanes.chunks_mut(lanes)) {
            register.store_partial(lanes);
        }
        self.terms += len;
        if self.terms >= E::BLOCK {
            self.close();
            (self.lanes, self.terms) = ([E::ZERO; LANES], 0);
        }
    }

    /// Adds the block's lanes to the totals.
    fn close(&mut self) {
        for (total, lane) in self.totals.iter_mut().zip(&self.lanes) {
            *total += lane.to_f64();
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
        // -0 of no terms becomes 0, as it is wherever one kernel adds up.
        totals[0] + 0.0
    }
}

#[inline(always)]
fn alone<L: Lanes>((): (), term: L) -> ((), L) {
    ((), term)
}

#[inline(always)]
fn product<L: Lanes>((): (), (term, weight): (L, L)) -> ((), L) {
    ((), term * weight)
}
