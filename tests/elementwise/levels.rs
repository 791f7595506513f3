//! Levels against each other.

use super::{Operation, Results, ordinary, part, results, wild};
use crate::numbers::Number;
use gradstep::Level;

/// Levels that promise the same bits as the first.
fn agreeing<E: Number, O: Operation<E>>() -> impl Iterator<Item = Level> {
    Level::available().filter(|level| level.fused() || !O::NEEDS_FUSION)
}

/// Outputs and sums have the same bits on all levels, beyond several leaves too,
/// and on threads or without.
pub(crate) fn levels_agree<E: Number, O: Operation<E>>(operation: O) {
    for n in [1, 31, 1023, 4097, 16385, 200_003] {
        for columns in [ordinary(operation, n), wild(operation, n)] {
            for method in operation.methods() {
                let mut first: Option<Results> = None;
                for level in agreeing::<E, O>() {
                    let got = results(&method, level, &part(&columns, 0..n));
                    let first = first.get_or_insert_with(|| got.clone());
                    // Not assert_eq: the difference would fill the screen.
                    let differs = |(a, b): (&Vec<u64>, &Vec<u64>)| (0..n).find(|i| a[*i] != b[*i]);
                    let place = got.outputs.iter().zip(&first.outputs).find_map(differs);
                    let what = || format!("{operation:?} {} of {n} on {level:?}", method.name);
                    assert_eq!(place, None, "{}", what());
                    assert_eq!(got.sum, first.sum, "{}", what());
                }
            }
        }
    }
}
