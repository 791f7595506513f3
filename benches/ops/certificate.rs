//! The largest violation of the optimality conditions.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::penalty::Penalty;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Violation>(criterion);
}

struct Violation;

impl Op for Violation {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Read(-1.0, 1.0)];

    fn group() -> String {
        "certificate".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let penalty = Penalty::new().l1(0.5)?.l2(0.5)?.execution(on.execution);
        Ok(move || penalty.kkt_violation(w, grad))
    }
}
