//! Soft-threshold.

use crate::buffers::Slice;
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::prox::SoftThreshold;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply>(criterion);
    suite::bench::<ApplyInto>(criterion);
    suite::bench::<Backward>(criterion);
}

/// In place: the main method.
struct Apply;
/// Into another slice.
struct ApplyInto;
/// The gradient.
struct Backward;

impl Op for Apply {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        "soft_threshold".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: [&'a mut [E]; 4],
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let soft = SoftThreshold::new(E::HALF)?.execution(on.execution);
        Ok(move || {
            soft.apply(x);
            Ok(0.0)
        })
    }
}

impl Op for ApplyInto {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        "soft_threshold/into".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, out, ..]: [&'a mut [E]; 4],
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let soft = SoftThreshold::new(E::HALF)?.execution(on.execution);
        Ok(move || soft.apply_into(x, out).map(|()| 0.0))
    }
}

impl Op for Backward {
    const SLICES: &'static [Slice] =
        &[Slice::Read(-4.0, 4.0), Slice::Read(-1.0, 1.0), Slice::Write];

    fn group() -> String {
        "soft_threshold/backward".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, upstream, grad, _]: [&'a mut [E]; 4],
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let soft = SoftThreshold::new(E::HALF)?.execution(on.execution);
        Ok(move || soft.backward(x, upstream, grad).map(|()| 0.0))
    }
}
