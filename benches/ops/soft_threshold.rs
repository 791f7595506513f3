//! Soft-threshold.

use super::proximal::{Apply, ApplyInto, Backward, Count, Formula};
use crate::suite;
use criterion::Criterion;
use gradstep::prox::{Prox, Proximal, SoftThreshold};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "soft_threshold";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        SoftThreshold::new(0.5)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply<Bench>>(criterion);
    suite::bench::<Count<Bench>>(criterion);
    suite::bench::<ApplyInto<Bench>>(criterion);
    suite::bench::<Backward<Bench>>(criterion);
}
