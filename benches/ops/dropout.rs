//! Dropout: the mask is most of the work.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::{Dropout, Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply>(criterion);
    suite::bench::<ApplyInto>(criterion);
}

/// In place: the main method.
struct Apply;
/// Into another slice; the backward pass is this, too.
struct ApplyInto;

impl Op for Apply {
    // Dropped again and again, almost all is 0 soon: the work stays the same.
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        "dropout".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let dropout = Dropout::new(0.5)?.seed(1).execution(on.execution);
        Ok(move || {
            dropout.apply(x).expect("not refused");
            Ok(0.0)
        })
    }
}

impl Op for ApplyInto {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        "dropout/into".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, out, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let dropout = Dropout::new(0.5)?.seed(1).execution(on.execution);
        Ok(move || dropout.apply_into(x, out).map(|()| 0.0))
    }
}
