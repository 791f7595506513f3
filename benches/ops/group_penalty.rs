//! Norms of groups.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::penalty::GroupPenalty;
use gradstep::{Element, Error, Groups};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<AddGrad>(criterion);
}

/// Value, and the gradient added.
struct AddGrad;

impl Op for AddGrad {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "group_penalty".to_owned()
    }

    /// Groups x elements.
    fn sizes() -> Vec<Size> {
        let size = |(rows, columns)| Size { rows, columns };
        [(1024, 4), (4, 1024), (65_536, 4), (16 << 10, 1024)].map(size).into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [w, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let groups = Groups::of_length(size.columns)?;
        let penalty = GroupPenalty::new(0.5, groups)?.execution(on.execution);
        Ok(move || penalty.add_grad(w, grad))
    }
}
