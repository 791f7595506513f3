//! Gradient descent with momentum and coupled decay.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::SgdMomentum;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step<false>>(criterion);
    suite::bench::<Step<true>>(criterion);
}

struct Step<const NESTEROV: bool>;

impl<const NESTEROV: bool> Op for Step<NESTEROV> {
    const SLICES: &'static [Slice] =
        &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        if NESTEROV { "sgd_momentum/nesterov".to_owned() } else { "sgd_momentum".to_owned() }
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, buffer, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // So small a rate keeps the state from settling where it becomes subnormal.
        let sgd = SgdMomentum::new(1e-12, 0.9)?.weight_decay(0.1)?.execution(on.execution);
        let sgd = if NESTEROV { sgd.nesterov()? } else { sgd };
        Ok(move || sgd.step(w, g, buffer, 2).map(|()| 0.0))
    }
}
