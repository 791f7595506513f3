//! An element's result depends on that element alone.

use super::{Operation, guard, law, ordinary, part, results, transpose};
use crate::numbers::{Number, bits};
use gradstep::Level;
use proptest::prelude::*;

/// Lengths up to 257 at offsets up to 63 give each element the result that it has
/// alone, touch nothing outside, and read nothing outside that counts.
pub(crate) fn every_length_and_offset<E: Number, O: Operation<E>>(operation: O) {
    const LENGTH: usize = 257;
    const OFFSETS: usize = 64;
    let columns = ordinary(operation, LENGTH);
    for method in operation.methods() {
        for level in Level::available() {
            let what = || format!("{operation:?} {} on {level:?}", method.name);
            let alone = |i| results(&method, level, &part(&columns, i..i + 1)).outputs;
            let alone: Vec<_> = (0..LENGTH).map(alone).collect();
            let mut sums = vec![None; LENGTH + 1];
            let mut outputs = vec![vec![guard::<E>(); LENGTH + 2 * OFFSETS]; method.outputs];
            for offset in 0..OFFSETS {
                let place = |column: &Vec<E>| {
                    let mut arena = vec![E::NAN; offset];
                    arena.extend(column);
                    arena.resize(LENGTH + 2 * OFFSETS, E::NAN);
                    arena
                };
                let mut arenas: Vec<_> = columns.iter().map(place).collect();
                // Outputs are aligned differently from inputs.
                let at = (offset * 7 + 3) % OFFSETS;
                for n in (0..=LENGTH).rev() {
                    // What is behind the end would be seen in a sum.
                    arenas.iter_mut().for_each(|arena| arena[offset + n] = E::NAN);
                    let inputs = part(&arenas, offset..offset + n);
                    let mut slices: Vec<_> =
                        outputs.iter_mut().map(|output| &mut output[at..at + n]).collect();
                    let sum = (method.run)(level, &inputs, &mut slices).map(bits);
                    let first = *sums[n].get_or_insert(sum);
                    assert_eq!(sum, first, "{}: sum of {n} at {offset}", what());
                    for (k, output) in outputs.iter_mut().enumerate() {
                        let inside = output[at..at + n].iter().zip(&alone);
                        let same = inside.filter(|(x, alone)| bits(**x) == alone[k][0]).count();
                        assert_eq!(same, n, "{}: output {k} of {n} at {offset}", what());
                        output[at..at + n].fill(guard());
                        let (before, after) = (&output[..at], &output[at + n..]);
                        let untouched = |part: &[E]| part.iter().all(|x| *x == guard());
                        assert!(
                            untouched(before) && untouched(&after[..OFFSETS.min(after.len())]),
                            "{}: wrote outside output {k} of {n} at {offset}",
                            what()
                        );
                    }
                }
            }
        }
    }
}

/// Rows of any numbers that are admitted.
fn rows<E: Number, O: Operation<E>>(operation: O, most: usize) -> BoxedStrategy<Vec<Vec<E>>> {
    let row = prop::collection::vec(E::any(), O::WIDTH).prop_map(move |mut row| {
        operation.admit(&mut row);
        row
    });
    prop::collection::vec(row, 1..most).boxed()
}

/// What an element becomes depends on the element, not on its neighbours, its
/// offset, or whether it fell into a tail.
pub(crate) fn place_does_not_matter<E: Number, O: Operation<E>>(operation: O) {
    let methods = operation.methods();
    law(&(rows(operation, 140), 0..140usize), |(rows, cut)| {
        let (columns, n) = (transpose(&rows, O::WIDTH), rows.len());
        let cut = cut.min(n);
        for method in &methods {
            for level in Level::available() {
                let run = |range| results(method, level, &part(&columns, range)).outputs;
                let mut parts = run(0..cut);
                for (part, rest) in parts.iter_mut().zip(run(cut..n)) {
                    part.extend(rest);
                }
                prop_assert!(run(0..n) == parts, "{operation:?} {} on {level:?}", method.name);
            }
        }
        Ok(())
    });
}

/// NaN in an element makes its result NaN, and the sum; no other result changes.
pub(crate) fn nan_stays_in_its_place<E: Number, O: Operation<E>>(operation: O) {
    let methods = operation.methods();
    let strategy = (rows(operation, 80), any::<prop::sample::Index>(), 0..O::WIDTH);
    law(&strategy, |(mut rows, place, column)| {
        prop_assume!(!O::NUMBERS.contains(&column));
        let (place, without) = (place.index(rows.len()), transpose(&rows, O::WIDTH));
        rows[place][column] = E::NAN;
        let with = transpose(&rows, O::WIDTH);
        for method in methods.iter().filter(|method| method.reads.contains(&column)) {
            for level in Level::available() {
                let what = || format!("{operation:?} {} on {level:?}", method.name);
                let run = |columns| results(method, level, &part(columns, 0..rows.len()));
                let (mut without, mut with) = (run(&without), run(&with));
                if let Some(output) = with.outputs.first() {
                    prop_assert!(output[place] == bits(E::NAN), "{}", what());
                }
                for outputs in [&mut without.outputs, &mut with.outputs] {
                    outputs.iter_mut().for_each(|output| output[place] = 0);
                }
                prop_assert!(without.outputs == with.outputs, "{}", what());
                if let Some(sum) = with.sum {
                    prop_assert!(sum == bits(f64::NAN), "{}", what());
                }
            }
        }
        Ok(())
    });
}
