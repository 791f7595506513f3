//! Levels against each other.

use super::{AnyOperation, Operation, Results, named, ordinary, part, results, wild};
use crate::numbers::Number;
use crate::{Failure, Outcome};
use gradstep::Level;

const LAW: &str = "levels agree to the bit";

/// Outputs and sums of elements of these numbers have the same bits on all levels that
/// promise it, and on threads or without.
pub fn levels_agree<E: Number, O: Operation<E>>(
    operation: O,
    lengths: impl IntoIterator<Item = usize>,
) -> Outcome {
    agree_on(operation, lengths, |level| level.fused() || !O::NEEDS_FUSION)
}

/// As [`levels_agree`], on levels of one's own choice.
pub fn agree_on<E: Number, O: Operation<E>>(
    operation: O,
    lengths: impl IntoIterator<Item = usize>,
    promises: impl Fn(Level) -> bool,
) -> Outcome {
    let levels: Vec<_> = Level::available().filter(|level| promises(*level)).collect();
    lengths.into_iter().try_for_each(|n| agree(&operation, n, &levels))
}

fn agree<E: Number>(operation: &dyn AnyOperation<E>, n: usize, levels: &[Level]) -> Outcome {
    for columns in [ordinary(operation, n), wild(operation, n)] {
        for method in operation.all_methods() {
            let mut first: Option<(Level, Results)> = None;
            for level in levels.iter().copied() {
                let got = results(&method, level, &part(&columns, 0..n));
                let (other, expected) = first.get_or_insert_with(|| (level, got.clone()));
                let what = format!("{operation:?}, {} of {n}, {level:?}, {other:?}", method.name);
                let differs = |(a, b): (&Vec<u64>, &Vec<u64>)| (0..n).find(|i| a[*i] != b[*i]);
                if let Some(i) = got.outputs.iter().zip(&expected.outputs).find_map(differs) {
                    return Err(Failure::new(LAW, what).at(named(operation, &columns, i)));
                }
                if got.sum != expected.sum {
                    return Err(Failure::new(LAW, format!("{what}: sums differ")));
                }
            }
        }
    }
    Ok(())
}
