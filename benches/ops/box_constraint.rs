//! Projection onto a box.

use super::proximal::{Apply, Backward, Formula};
use crate::suite;
use criterion::Criterion;
use gradstep::prox::{BoxConstraint, Prox, Proximal};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "box_constraint";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        BoxConstraint::new(-1.0, 2.0)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply<Bench>>(criterion);
    suite::bench::<Backward<Bench>>(criterion);
}
