//! L1, half squared L2, and elastic net.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::penalty::Penalty;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<AddGrad>(criterion);
    suite::bench::<Value>(criterion);
    suite::bench::<L1>(criterion);
}

/// Value, and the gradient added: the main method.
struct AddGrad;
/// The value of both.
struct Value;
/// The value of L1 alone.
struct L1;

impl Op for AddGrad {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "penalty".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let penalty = Penalty::new().l1(0.5)?.l2(0.5)?.execution(on.execution);
        Ok(move || penalty.add_grad(w, grad))
    }
}

impl Op for Value {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0)];

    fn group() -> String {
        "penalty/value".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let penalty = Penalty::new().l1(0.5)?.l2(0.5)?.execution(on.execution);
        Ok(move || Ok(penalty.value(w)))
    }
}

impl Op for L1 {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0)];

    fn group() -> String {
        "penalty/l1".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let penalty = Penalty::new().l1(0.5)?.execution(on.execution);
        Ok(move || Ok(penalty.value(w)))
    }
}
