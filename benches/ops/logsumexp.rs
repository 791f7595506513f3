//! Logarithm of the sum of exponentials over rows. Its bytes are those of the
//! rows; results are few beside them.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::{Element, Error, LogSumExp};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Rows>(criterion);
}

struct Rows;

impl Op for Rows {
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
        let logsumexp = LogSumExp::new(size.columns)?.execution(on.execution);
        Ok(move || logsumexp.apply_into(x, &mut out).map(|()| 0.0))
    }
}
