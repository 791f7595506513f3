//! Soft-threshold onto the non-negative numbers.

use super::proximal::{Apply, Backward, Formula};
use crate::suite;
use criterion::Criterion;
use gradstep::prox::{NonnegativeSoftThreshold, Prox, Proximal};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "nonnegative_soft_threshold";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        NonnegativeSoftThreshold::new(0.5)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply<Bench>>(criterion);
    suite::bench::<Backward<Bench>>(criterion);
}
