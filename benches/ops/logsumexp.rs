//! Logarithm of the sum of exponentials over rows. Its bytes are those of the
//! rows; results are few beside them.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::{Element, Error, logsumexp_with};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<LogSumExp>(criterion);
}

struct LogSumExp;

impl Op for LogSumExp {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0)];

    fn group() -> String {
        "logsumexp".to_owned()
    }

    fn sizes() -> Vec<Size> {
        [(1024, 10), (256, 1000)].map(|(rows, columns)| Size { rows, columns }).into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let mut out = vec![E::ZERO; size.rows];
        Ok(move || logsumexp_with(on.execution, x, size.columns, &mut out).map(|()| 0.0))
    }
}
