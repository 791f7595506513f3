//! Elastic net.

use super::proximal::{Apply, Backward, Count, Formula};
use crate::suite;
use criterion::Criterion;
use gradstep::prox::{ElasticNet, Prox, Proximal};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "elastic_net";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        ElasticNet::new(0.5, 0.5)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply<Bench>>(criterion);
    suite::bench::<Count<Bench>>(criterion);
    suite::bench::<Backward<Bench>>(criterion);
}
