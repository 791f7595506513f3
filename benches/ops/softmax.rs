//! Softmax and its logarithm over rows.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::{Element, Error, LogSoftmax, Softmax};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Rows<false>>(criterion);
    suite::bench::<Rows<true>>(criterion);
}

struct Rows<const LOGARITHM: bool>;

impl<const LOGARITHM: bool> Op for Rows<LOGARITHM> {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        if LOGARITHM { "softmax/logarithm".to_owned() } else { "softmax".to_owned() }
    }

    fn sizes() -> Vec<Size> {
        [(1024, 10), (256, 1000)].map(|(rows, columns)| Size { rows, columns }).into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [x, out, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let plain = Softmax::new(size.columns)?.execution(on.execution);
        let logarithm = LogSoftmax::new(size.columns)?.execution(on.execution);
        Ok(move || {
            let done =
                if LOGARITHM { logarithm.apply_into(x, out) } else { plain.apply_into(x, out) };
            done.map(|()| 0.0)
        })
    }
}
