//! Proximal gradient step for the elastic net, and for the lasso, which divides
//! nothing.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::ProxSgd;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step<false>>(criterion);
    suite::bench::<Step<true>>(criterion);
}

struct Step<const LASSO: bool>;

impl<const LASSO: bool> Op for Step<LASSO> {
    const SLICES: &'static [Slice] = &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0)];

    fn group() -> String {
        if LASSO { "prox_sgd/lasso".to_owned() } else { "prox_sgd".to_owned() }
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let l2 = if LASSO { 0.0 } else { 0.1 };
        let sgd = ProxSgd::new(0.1)?.l1(0.1)?.l2(l2)?.execution(on.execution);
        Ok(move || sgd.step(w, g).map(|()| 0.0))
    }
}
