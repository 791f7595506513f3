//! Adam with coupled decay, and AMSGrad.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::Adam;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Step>(criterion);
    suite::bench::<Amsgrad>(criterion);
}

struct Step;
/// With the largest average of squares so far: one more slice of state.
struct Amsgrad;

impl Op for Step {
    const SLICES: &'static [Slice] = &[
        Slice::Update(-1.0, 1.0),
        Slice::Read(-1.0, 1.0),
        Slice::Update(-0.1, 0.1),
        Slice::Update(0.0, 0.1),
    ];

    fn group() -> String {
        "adam".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, m, v, _]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // So small a rate keeps the weights from settling.
        let update = Adam::new(1e-12)?.weight_decay(0.1)?.execution(on.execution);
        Ok(move || update.step(w, g, m, v, 10).map(|()| 0.0))
    }
}

impl Op for Amsgrad {
    const SLICES: &'static [Slice] = &[
        Slice::Update(-1.0, 1.0),
        Slice::Read(-1.0, 1.0),
        Slice::Update(-0.1, 0.1),
        Slice::Update(0.0, 0.1),
        Slice::Update(0.0, 0.1),
    ];

    fn group() -> String {
        "adam/amsgrad".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, m, v, v_max]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let update = Adam::new(1e-12)?.weight_decay(0.1)?.execution(on.execution);
        Ok(move || update.step_amsgrad(w, g, m, v, v_max, 10).map(|()| 0.0))
    }
}
