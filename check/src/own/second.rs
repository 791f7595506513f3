//! A second formula, written by hand.

use crate::laws::smallest::smallest;
use crate::numbers::{Number, special};
use crate::{Failure, Outcome};
use std::sync::Arc;

/// Value and derivative for the inputs of an element, in `f64`.
pub(super) type Formula<const N: usize> = Arc<dyn Fn([f64; N]) -> (f64, f64) + Send + Sync>;

/// How far a result may be from the second formula's, in ULPs of the largest of 1 and both:
/// that formula rounds, too, and where its terms cancel its small results are worth little.
const ULPS: f64 = 64.0;

/// Whether `got` is what the second formula says. Where that gives no number, or leaves the
/// range of its type, it says nothing.
fn near<E: Number>(got: E, expected: f64) -> bool {
    let (got, largest) = (got.to_f64(), E::LARGEST.to_f64());
    if expected.is_nan() || (expected.is_infinite() && got.is_finite()) {
        return true;
    }
    if got.is_infinite() {
        // The type ends before the result does.
        return expected.abs() > 0.5 * largest && (got > 0.0) == (expected > 0.0);
    }
    let unit = 2f64.powi(1 - E::FORMAT.precision());
    (got - expected).abs() <= ULPS * unit * got.abs().max(expected.abs()).max(1.0)
}

/// Ranges of the inputs of an element.
pub(super) type Ranges<const N: usize> = [(f64, f64); N];

/// Special numbers within the ranges against each other.
pub(super) fn specials<E: Number, const N: usize>(ranges: Ranges<N>) -> Vec<[E; N]> {
    let mut rows = vec![[E::ZERO; N]];
    for (column, (low, high)) in ranges.into_iter().enumerate() {
        let inside = |x: &E| x.to_f64() >= low && x.to_f64() <= high;
        let all: Vec<E> = special().into_iter().filter(inside).collect();
        let with = |row: &[E; N], x: E| {
            let mut row = *row;
            row[column] = x;
            row
        };
        rows = rows.iter().flat_map(|row| all.iter().map(|x| with(row, *x))).collect();
    }
    rows
}

/// Where numbers are drawn from: the range, or what is ordinary of it.
pub(super) fn ordinary((low, high): (f64, f64)) -> (f64, f64) {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => (low, high),
        (true, false) => (low, low + 8.0),
        (false, true) => (high - 8.0, high),
        (false, false) => (-4.0, 4.0),
    }
}

/// Whether the inputs are within the ranges.
pub(super) fn inside<E: Number, const N: usize>(ranges: Ranges<N>, row: [E; N]) -> bool {
    let inside = |(x, (low, high)): (E, (f64, f64))| x.to_f64() >= low && x.to_f64() <= high;
    row.into_iter().zip(ranges).all(inside)
}

/// A formula's results against those of the second, on these rows: `run` gives value and
/// derivative of each, `takes` tells which rows it is meant for.
pub(super) fn agrees<E: Number, const N: usize>(
    second: &Formula<N>,
    names: [&'static str; N],
    rows: &[[E; N]],
    what: &str,
    run: impl Fn(&[[E; N]]) -> Vec<(E, E)>,
    takes: impl Fn([E; N]) -> bool,
) -> Outcome {
    let expected = |row: [E; N]| second(row.map(|x| x.to_f64()));
    let holds = |(value, derivative): (E, E), exact: (f64, f64)| {
        near(value, exact.0) && near(derivative, exact.1)
    };
    let results = run(rows);
    let broken = |(row, got): (&[E; N], &(E, E))| !holds(*got, expected(*row));
    let Some(i) = rows.iter().zip(&results).position(broken) else { return Ok(()) };
    let row = smallest(rows[i], |row| takes(*row) && !holds(run(&[*row])[0], expected(*row)));
    let (got, exact) = (run(&[row])[0], expected(row));
    let found = format!("{what}: value and derivative are {got:?}, by the second {exact:?}");
    let law = "value and derivative are those of the second formula";
    Err(Failure::new(law, found).at(names.into_iter().zip(row.map(|x| x.to_f64()))))
}
