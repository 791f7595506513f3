//! Proximal gradient step with momentum, for the lasso.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::ProxMomentum;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step>(criterion);
}

struct Step;

impl Op for Step {
    const SLICES: &'static [Slice] =
        &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "prox_momentum".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, y, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // So small a rate keeps the state from settling.
        let update = ProxMomentum::new(1e-12, 0.9)?.l1(0.1)?.execution(on.execution);
        Ok(move || update.step(w, g, y).map(|()| 0.0))
    }
}
