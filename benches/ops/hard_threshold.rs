//! Hard threshold.

use super::proximal::{Apply, Backward, Formula};
use crate::suite;
use criterion::Criterion;
use gradstep::prox::{HardThreshold, Prox, Proximal};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "hard_threshold";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        HardThreshold::new(0.5)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply<Bench>>(criterion);
    suite::bench::<Backward<Bench>>(criterion);
}
