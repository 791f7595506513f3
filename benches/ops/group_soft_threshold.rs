//! Group soft-threshold, of short and of long groups.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::prox::GroupSoftThreshold;
use gradstep::{Element, Error, Groups};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Apply>(criterion);
    suite::bench::<Backward>(criterion);
}

/// In place: the main method.
struct Apply;
/// The gradient.
struct Backward;

/// Groups x elements.
fn sizes() -> Vec<Size> {
    let size = |(rows, columns)| Size { rows, columns };
    [(1024, 4), (256, 16), (4, 1024), (65_536, 4), (256, 1024), (4 << 20, 4), (16 << 10, 1024)]
        .map(size)
        .into()
}

impl Op for Apply {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        "group_soft_threshold".to_owned()
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let groups = Groups::of_length(size.columns)?;
        // So small that repeating the call leaves something.
        let soft = GroupSoftThreshold::new(1e-6, groups)?.execution(on.execution);
        Ok(move || soft.apply(x).map(|()| 0.0))
    }
}

impl Op for Backward {
    const SLICES: &'static [Slice] =
        &[Slice::Read(-4.0, 4.0), Slice::Read(-1.0, 1.0), Slice::Write];

    fn group() -> String {
        "group_soft_threshold/backward".to_owned()
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [x, upstream, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let groups = Groups::of_length(size.columns)?;
        let soft = GroupSoftThreshold::new(0.5, groups)?.execution(on.execution);
        Ok(move || soft.backward(x, upstream, grad).map(|()| 0.0))
    }
}
