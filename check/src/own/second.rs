//! A second formula, written by hand.

use crate::laws::smallest::smallest;
use crate::numbers::{Number, special};
use crate::{Failure, Outcome};
use std::sync::Arc;

/// Results for the inputs of an element, in `f64`: value and derivative, or weight and state.
pub(super) type Formula = Arc<dyn Fn(&[f64]) -> Vec<f64> + Send + Sync>;

/// Of value and derivative.
pub(super) const VALUE_AND_DERIVATIVE: &str =
    "value and derivative are those of the second formula";

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

/// A formula's results against those of the second, on these rows: `run` gives the results of
/// each, `takes` tells which rows it is meant for.
pub(super) fn agrees<E: Number, R: AsRef<[E]> + AsMut<[E]> + Clone, O: AsRef<[E]>>(
    law: &'static str,
    second: &Formula,
    names: &[&'static str],
    rows: &[R],
    what: &str,
    run: impl Fn(&[R]) -> Vec<O>,
    takes: impl Fn(&R) -> bool,
) -> Outcome {
    let wide = |x: &[E]| x.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
    let expected = |row: &R| second(&wide(row.as_ref()));
    let holds = |got: &O, exact: Vec<f64>| {
        got.as_ref().iter().zip(exact).all(|(got, exact)| near(*got, exact))
    };
    let results = run(rows);
    let broken = |(row, got): (&R, &O)| !holds(got, expected(row));
    let Some(i) = rows.iter().zip(&results).position(broken) else { return Ok(()) };
    let one = |row: &R| run(std::slice::from_ref(row)).remove(0);
    let row = smallest(rows[i].clone(), &|row| takes(row) && !holds(&one(row), expected(row)));
    let (got, exact) = (wide(one(&row).as_ref()), expected(&row));
    let found = format!("{what}: the results are {got:?}, by the second {exact:?}");
    Err(Failure::new(law, found).at(names.iter().copied().zip(wide(row.as_ref()))))
}
