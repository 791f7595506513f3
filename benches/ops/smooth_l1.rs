//! Smooth L1.

use super::pointwise::{Formula, InPlace, LossAndGrad, LossOnly};
use crate::suite;
use criterion::Criterion;
use gradstep::loss::{Loss, Pointwise, SmoothL1};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "smooth_l1";

    fn new<E: Element>() -> Result<Loss<'static, E, impl Pointwise<E> + 'static>, Error> {
        SmoothL1::new(E::ONE)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<LossAndGrad<Bench>>(criterion);
    suite::bench::<InPlace<Bench>>(criterion);
    suite::bench::<LossOnly<Bench>>(criterion);
}
