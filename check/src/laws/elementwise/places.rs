//! An element's result depends on that element alone.

use super::{AnyOperation, Operation, guard, ordinary, part, results, transpose};
use crate::laws::law;
use crate::numbers::{Number, bits};
use crate::{Failure, Outcome};
use gradstep::Level;
use proptest::prelude::*;
use std::sync::Arc;

/// Lengths up to 257 at these offsets, which are below 64, and those around the widths of
/// registers and of groups of them at every other, give each element the result that it has
/// alone, touch nothing outside, and read nothing outside that counts.
pub fn every_length_and_offset<E: Number, O: Operation<E>>(
    operation: O,
    offsets: impl IntoIterator<Item = usize>,
) -> Outcome {
    each_length(&operation, &offsets.into_iter().collect::<Vec<_>>())
}

fn each_length<E: Number>(operation: &dyn AnyOperation<E>, offsets: &[usize]) -> Outcome {
    const LENGTH: usize = 257;
    const OFFSETS: usize = 64;
    let is_around = |n| matches!(n, 0..=17 | 31..=33 | 63..=66 | 127..=129 | 255..);
    let columns = ordinary(operation, LENGTH);
    // Of the shortest slice.
    let mut found: Option<(usize, String)> = None;
    for method in operation.all_methods() {
        for level in Level::available() {
            let what = || format!("{operation:?}, {} on {level:?}", method.name);
            let alone = |i| results(&method, level, &part(&columns, i..i + 1)).outputs;
            let alone: Vec<_> = (0..LENGTH).map(alone).collect();
            let mut sums = vec![None; LENGTH + 1];
            let mut outputs = vec![vec![guard::<E>(); LENGTH + 2 * OFFSETS]; method.outputs];
            for offset in 0..OFFSETS {
                let is_whole = offsets.contains(&offset);
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
                    let mut broken = |holds: bool, how: &str| {
                        if !holds && found.as_ref().is_none_or(|(shortest, _)| n < *shortest) {
                            let text = format!("{}: {how} of {n} elements at {offset}", what());
                            found = Some((n, text));
                        }
                    };
                    // What is behind the end would be seen in a sum.
                    arenas.iter_mut().for_each(|arena| arena[offset + n] = E::NAN);
                    if !is_whole && !is_around(n) {
                        continue;
                    }
                    let inputs = part(&arenas, offset..offset + n);
                    let mut slices: Vec<_> =
                        outputs.iter_mut().map(|output| &mut output[at..at + n]).collect();
                    let sum = (method.run)(level, &inputs, &mut slices).map(bits);
                    let first = *sums[n].get_or_insert(sum);
                    broken(sum == first, "another sum");
                    for (k, output) in outputs.iter_mut().enumerate() {
                        let inside = output[at..at + n].iter().zip(&alone);
                        let same = inside.filter(|(x, alone)| bits(**x) == alone[k][0]).count();
                        broken(same == n, "other results");
                        output[at..at + n].fill(guard());
                        let (before, after) = (&output[..at], &output[at + n..]);
                        let untouched = |part: &[E]| part.iter().all(|x| *x == guard());
                        broken(
                            untouched(before) && untouched(&after[..OFFSETS.min(after.len())]),
                            "wrote outside",
                        );
                    }
                }
            }
        }
    }
    let law = "an element's result does not depend on length and offset";
    found.map_or(Ok(()), |(_, text)| Err(Failure::new(law, text)))
}

/// Rows of any numbers that are admitted.
fn rows<E: Number>(operation: Arc<dyn AnyOperation<E>>, most: usize) -> BoxedStrategy<Vec<Vec<E>>> {
    let width = operation.columns().len();
    let row = prop::collection::vec(E::any(), width).prop_map(move |mut row| {
        operation.admit_row(&mut row);
        row
    });
    prop::collection::vec(row, 1..most).boxed()
}

/// What an element becomes depends on the element, not on its neighbours, its
/// offset, or whether it fell into a tail.
pub fn place_does_not_matter<E: Number, O: Operation<E>>(operation: O) -> Outcome {
    place(Arc::new(operation))
}

fn place<E: Number>(operation: Arc<dyn AnyOperation<E>>) -> Outcome {
    let (methods, width) = (operation.all_methods(), operation.columns().len());
    let name = "an element's result does not depend on its place";
    law(name, &(rows(operation.clone(), 140), 0..140usize), |(rows, cut)| {
        let (columns, n) = (transpose(&rows, width), rows.len());
        let cut = cut.min(n);
        for method in &methods {
            for level in Level::available() {
                let run = |range| results(method, level, &part(&columns, range)).outputs;
                let mut parts = run(0..cut);
                for (part, rest) in parts.iter_mut().zip(run(cut..n)) {
                    part.extend(rest);
                }
                prop_assert!(run(0..n) == parts, "{operation:?}, {} on {level:?}", method.name);
            }
        }
        Ok(())
    })
}

/// NaN in an element makes its result NaN, and the sum; no other result changes.
pub fn nan_stays_in_its_place<E: Number, O: Operation<E>>(operation: O) -> Outcome {
    nan_stays(Arc::new(operation))
}

fn nan_stays<E: Number>(operation: Arc<dyn AnyOperation<E>>) -> Outcome {
    let (methods, width) = (operation.all_methods(), operation.columns().len());
    let columns: Vec<_> = (0..width).filter(|i| !operation.numbers().contains(i)).collect();
    let columns = prop::sample::select(columns);
    let strategy = (rows(operation.clone(), 80), any::<prop::sample::Index>(), columns);
    law("NaN in an argument is NaN in its result alone", &strategy, |(mut rows, place, column)| {
        let (place, without) = (place.index(rows.len()), transpose(&rows, width));
        rows[place][column] = E::NAN;
        let with = transpose(&rows, width);
        for method in methods.iter().filter(|method| method.reads.contains(&column)) {
            for level in Level::available() {
                let argument = operation.columns()[column];
                let what =
                    || format!("NaN as {argument}: {operation:?}, {} on {level:?}", method.name);
                let run = |columns| results(method, level, &part(columns, 0..rows.len()));
                let (mut without, mut with) = (run(&without), run(&with));
                if let Some(output) = with.outputs.first() {
                    prop_assert!(output[place] == bits(E::NAN), "{} is a number", what());
                }
                for outputs in [&mut without.outputs, &mut with.outputs] {
                    outputs.iter_mut().for_each(|output| output[place] = 0);
                }
                prop_assert!(without.outputs == with.outputs, "{} changes others", what());
                if let Some(sum) = with.sum {
                    prop_assert!(sum == bits(f64::NAN), "{}: the sum is a number", what());
                }
            }
        }
        Ok(())
    })
}
