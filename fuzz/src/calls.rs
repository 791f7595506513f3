//! Any call with any option of the list that tests of bits, threads and closed pages share, on
//! any numbers: lists of tensors, rows that are apart, a weight for each column, and whatever
//! else has no check of its own here.

use crate::{Number, Source};
use gradstep::{Execution, Level};
use gradstep_bits::{Data, Output, hash, of_level, operations, without_execution};

/// Levels that promise the same bits give them, and nothing is refused or panics.
pub fn calls<E: Number>(source: &mut Source) {
    let all = operations::<E>();
    let chosen = all.get(source.below(all.len() + 1));
    let n = source.len();
    let data = Data::of(n, |n| source.slice(n));
    let part = data.part(0..n);
    let plain = chosen.is_some_and(|operation| operation.plain);
    let mut first: Option<(u64, Level)> = None;
    for level in Level::available() {
        let outputs: Vec<Output<E>> = match chosen {
            Some(operation) => (operation.run)(part, Execution::new().level(level).sequential()),
            None => of_level(level, part),
        };
        if plain || level.fused() {
            let got = (hash(&outputs), level);
            let (expected, other) = *first.get_or_insert(got);
            let name = chosen.map_or("functions", |operation| &operation.name);
            assert_eq!(got.0, expected, "{name}, {n} elements on {level:?} and {other:?}");
        }
    }
    if chosen.is_none() {
        without_execution(part);
    }
}
