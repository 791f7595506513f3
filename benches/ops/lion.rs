//! Lion with decay.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::Lion;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step>(criterion);
}

struct Step;

impl Op for Step {
    const SLICES: &'static [Slice] =
        &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "lion".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, m, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // So small a rate keeps the weights from settling.
        let update = Lion::new(1e-12)?.weight_decay(0.1)?.execution(on.execution);
        Ok(move || update.step(w, g, m).map(|()| 0.0))
    }
}
