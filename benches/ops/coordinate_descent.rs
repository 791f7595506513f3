//! A sweep of coordinate descent over a matrix of 16 columns.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::penalty::{Coordinates, Design, Penalty, squared_norms};
use gradstep::{Element, Error};

/// Columns of the matrix.
const FEATURES: usize = 16;

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Sweep>(criterion);
}

struct Sweep;

impl Op for Sweep {
    // The residual is a sixteenth of the second.
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "coordinate_descent".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [columns, residual, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let rows = columns.len() / FEATURES;
        let columns = &columns[..rows * FEATURES];
        let residual = &mut residual[..rows];
        let (mut w, mut norms) = ([E::ZERO; FEATURES], [0.0; FEATURES]);
        squared_norms(columns, rows, &mut norms)?;
        // Strengths in turns, so that no weight comes to rest.
        let penalties = [Penalty::new().l2(0.5)?, Penalty::new().l2(0.25)?];
        let mut turn = 0;
        Ok(move || {
            turn = 1 - turn;
            let design = Design { columns, squared_norms: &norms, denominator: rows as f64 };
            let penalty = penalties[turn].execution(on.execution);
            penalty.coordinate_descent(design, Coordinates::All, &mut w, &mut *residual)
        })
    }
}
