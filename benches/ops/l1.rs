//! Absolute error.

use super::pointwise::{Formula, InPlace, LossAndGrad, LossOnly};
use crate::suite;
use criterion::Criterion;
use gradstep::loss::{L1, Loss, Pointwise};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "l1";

    fn new<E: Element>() -> Result<Loss<'static, E, impl Pointwise<E> + 'static>, Error> {
        Ok(L1::new())
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<LossAndGrad<Bench>>(criterion);
    suite::bench::<InPlace<Bench>>(criterion);
    suite::bench::<LossOnly<Bench>>(criterion);
}
