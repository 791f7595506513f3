//! Gradient descent with weight decay.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::Sgd;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step>(criterion);
}

struct Step;

impl Op for Step {
    const SLICES: &'static [Slice] = &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0)];

    fn group() -> String {
        "sgd".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let sgd = Sgd::new(0.1)?.weight_decay(0.1)?.execution(on.execution);
        Ok(move || sgd.step(w, g).map(|()| 0.0))
    }
}
