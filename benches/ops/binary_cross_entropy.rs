//! Binary cross-entropy on probabilities. Not in place: the next call would find
//! a gradient where it expects probabilities.

use super::pointwise::{Formula, LossAndGrad, LossOnly};
use crate::suite;
use criterion::Criterion;
use gradstep::loss::{BinaryCrossEntropy, Loss, Pointwise};
use gradstep::{Element, Error};

struct Bench;

impl Formula for Bench {
    const STEM: &'static str = "binary_cross_entropy";
    const PREDICTION: (f64, f64) = (0.0, 1.0);

    fn new<E: Element>() -> Result<Loss<'static, E, impl Pointwise<E> + 'static>, Error> {
        Ok(BinaryCrossEntropy::new())
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<LossAndGrad<Bench>>(criterion);
    suite::bench::<LossOnly<Bench>>(criterion);
}
