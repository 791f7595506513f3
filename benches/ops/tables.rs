//! Half of the rows of a table, every second one, beside a step of the whole: a row costs what a
//! tensor of a list does.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::{Adagrad, Rows};
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Table<true>>(criterion);
    suite::bench::<Table<false>>(criterion);
}

struct Table<const ROWS: bool>;

impl<const ROWS: bool> Op for Table<ROWS> {
    /// Of all rows: half of them move half as much.
    const SLICES: &'static [Slice] =
        &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Update(0.0, 6.0)];

    fn group() -> String {
        format!("tables/adagrad/{}", if ROWS { "half" } else { "whole" })
    }

    fn sizes() -> Vec<Size> {
        [(64, 64), (4 << 10, 64), (256 << 10, 64)]
            .map(|(rows, columns)| Size { rows, columns })
            .into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        Size { rows, columns }: Size,
        [w, g, sum, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let update = Adagrad::new(1e-12)?.execution(on.execution);
        let every_second: Vec<u32> = (0..rows as u32).step_by(2).collect();
        Ok(move || {
            if !ROWS {
                return update.step(w, g, sum, 10).map(|()| 0.0);
            }
            let g = &g[..every_second.len() * columns];
            let rows = Rows { w, state: [&mut *sum], columns, rows: &every_second, g };
            update.step_rows(rows, 10).map(|()| 0.0)
        })
    }
}
