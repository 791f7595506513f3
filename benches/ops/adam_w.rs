//! AdamW.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::AdamW;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step>(criterion);
}

struct Step;

impl Op for Step {
    const SLICES: &'static [Slice] = &[
        Slice::Update(-1.0, 1.0),
        Slice::Read(-1.0, 1.0),
        Slice::Update(-0.1, 0.1),
        Slice::Update(0.0, 0.1),
    ];

    fn group() -> String {
        "adam_w".to_owned()
    }

    fn sizes() -> Vec<Size> {
        Size::few_and_usual()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, m, v, _]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // So small a rate keeps the weights from settling.
        let update = AdamW::new(1e-12)?.execution(on.execution);
        Ok(move || update.step(w, g, m, v, 10).map(|()| 0.0))
    }
}
