//! Soft-threshold with a threshold of each element.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::prox::WeightedSoftThreshold;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply>(criterion);
    suite::bench::<Backward>(criterion);
}

/// In place: the main method.
struct Apply;
/// The gradient.
struct Backward;

impl Op for Apply {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0), Slice::Read(0.0, 1.0)];

    fn group() -> String {
        "weighted_soft_threshold".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, lambdas, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let soft = WeightedSoftThreshold::new(lambdas)?.execution(on.execution);
        Ok(move || soft.apply(x).map(|()| 0.0))
    }
}

impl Op for Backward {
    const SLICES: &'static [Slice] =
        &[Slice::Read(-4.0, 4.0), Slice::Read(0.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Write];

    fn group() -> String {
        "weighted_soft_threshold/backward".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, lambdas, upstream, grad, _]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let soft = WeightedSoftThreshold::new(lambdas)?.execution(on.execution);
        Ok(move || soft.backward(x, upstream, grad).map(|()| 0.0))
    }
}
