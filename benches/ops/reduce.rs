//! What checks and denominators cost.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::kernels::ops;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Sum>(criterion);
    suite::bench::<CountOutside>(criterion);
    suite::bench::<Dot>(criterion);
    suite::bench::<MaxAbs>(criterion);
}

struct Sum;
struct CountOutside;
struct Dot;
struct MaxAbs;

impl Op for Dot {
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0), Slice::Read(-1.0, 1.0)];
    const THREADS: bool = false;

    fn group() -> String {
        "reduce/dot".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [a, b, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        Ok(move || Ok(E::dispatch(on.level, ops::Dot { a, b })))
    }
}

impl Op for MaxAbs {
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0)];
    const THREADS: bool = false;

    fn group() -> String {
        "reduce/max_abs".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        Ok(move || Ok(E::dispatch(on.level, ops::MaxAbs { x }).to_f64()))
    }
}

impl Op for Sum {
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0)];
    const THREADS: bool = false;

    fn group() -> String {
        "reduce/sum".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        Ok(move || Ok(E::dispatch(on.level, ops::Sum { x })))
    }
}

impl Op for CountOutside {
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0)];
    const THREADS: bool = false;

    fn group() -> String {
        "reduce/count_outside".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        Ok(move || Ok(E::dispatch(on.level, ops::CountOutside { x, low: -E::ONE, high: E::ONE })))
    }
}
