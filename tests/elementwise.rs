//! What holds for every operation whose elements do not know each other: its
//! drivers, written once.
//!
//! An [`Operation`] has columns of inputs, one number per element each, and
//! [`Method`]s that read some of them and write others. A method that works in
//! place gets a copy.

use crate::numbers::{Number, Random, bits};
use gradstep::Level;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Debug;

/// What a method does with columns of inputs and of outputs; the sum, if it has one.
type Run<E> = dyn Fn(Level, &[&[E]], &mut [&mut [E]]) -> Option<f64>;

/// A public method of an operation.
pub(crate) struct Method<E> {
    pub(crate) name: &'static str,
    /// The columns of which every element tells in the first output, or in the sum.
    pub(crate) reads: Vec<usize>,
    /// Columns written.
    pub(crate) outputs: usize,
    pub(crate) run: Box<Run<E>>,
}

/// An operation with its parameters.
pub(crate) trait Operation<E: Number>: Copy + Debug + 'static {
    /// Input columns.
    const WIDTH: usize;
    /// Whether it has an exponential or a logarithm, and so promises the same bits
    /// on levels that fuse only.
    const NEEDS_FUSION: bool = false;

    fn methods(self) -> Vec<Method<E>>;

    /// The inputs of one element, none of them near the ends of the type.
    fn ordinary(self, random: &mut Random) -> Vec<E>;

    /// Turns any numbers into inputs that are not refused. NaN stays NaN in every
    /// column that a method names in `reads`.
    fn admit(self, _row: &mut [E]) {}
}

/// What no operation writes: with it a buffer shows where it was written.
fn guard<E: Number>() -> E {
    E::from_f64(-4919.125)
}

fn transpose<E: Copy>(rows: &[Vec<E>], width: usize) -> Vec<Vec<E>> {
    (0..width).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

fn ordinary<E: Number, O: Operation<E>>(operation: O, n: usize) -> Vec<Vec<E>> {
    let mut random = Random::new(n as u64);
    let rows: Vec<_> = (0..n).map(|_| operation.ordinary(&mut random)).collect();
    transpose(&rows, O::WIDTH)
}

/// Columns of any patterns that are admitted.
fn wild<E: Number, O: Operation<E>>(operation: O, n: usize) -> Vec<Vec<E>> {
    let mut random = Random::new(n as u64);
    let row = |random: &mut Random| {
        let mut row: Vec<E> = (0..O::WIDTH).map(|_| random.pattern()).collect();
        operation.admit(&mut row);
        row
    };
    let rows: Vec<_> = (0..n).map(|_| row(&mut random)).collect();
    transpose(&rows, O::WIDTH)
}

/// Patterns of the outputs and of the sum.
#[derive(Clone, Debug, PartialEq)]
struct Results {
    outputs: Vec<Vec<u64>>,
    sum: Option<u64>,
}

fn results<E: Number>(method: &Method<E>, level: Level, columns: &[&[E]]) -> Results {
    let mut outputs = vec![vec![guard::<E>(); columns[0].len()]; method.outputs];
    let mut slices: Vec<_> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let sum = (method.run)(level, columns, &mut slices).map(bits);
    let outputs = outputs.into_iter().map(|output| output.into_iter().map(bits).collect());
    Results { outputs: outputs.collect(), sum }
}

fn part<E>(columns: &[Vec<E>], range: std::ops::Range<usize>) -> Vec<&[E]> {
    columns.iter().map(|column| &column[range.clone()]).collect()
}

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

/// Checks a law on the same cases in every run; `PROPTEST_CASES` asks for more.
pub(crate) fn law<S: Strategy>(strategy: &S, holds: impl Fn(S::Value)) {
    let config = Config { failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let checked = TestRunner::new_with_rng(config, random).run(strategy, |case| {
        holds(case);
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
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
                assert_eq!(run(0..n), parts, "{operation:?} {} on {level:?}", method.name);
            }
        }
    });
}

/// NaN in an element makes its result NaN, and the sum; no other result changes.
pub(crate) fn nan_stays_in_its_place<E: Number, O: Operation<E>>(operation: O) {
    let methods = operation.methods();
    let strategy = (rows(operation, 80), any::<prop::sample::Index>(), 0..O::WIDTH);
    law(&strategy, |(mut rows, place, column)| {
        let (place, without) = (place.index(rows.len()), transpose(&rows, O::WIDTH));
        rows[place][column] = E::NAN;
        let with = transpose(&rows, O::WIDTH);
        for method in methods.iter().filter(|method| method.reads.contains(&column)) {
            for level in Level::available() {
                let what = || format!("{operation:?} {} on {level:?}", method.name);
                let run = |columns| results(method, level, &part(columns, 0..rows.len()));
                let (mut without, mut with) = (run(&without), run(&with));
                if let Some(output) = with.outputs.first() {
                    assert_eq!(output[place], bits(E::NAN), "{}", what());
                }
                for outputs in [&mut without.outputs, &mut with.outputs] {
                    outputs.iter_mut().for_each(|output| output[place] = 0);
                }
                assert_eq!(without.outputs, with.outputs, "{}", what());
                if let Some(sum) = with.sum {
                    assert_eq!(sum, bits(f64::NAN), "{}", what());
                }
            }
        }
    });
}

/// The tests of these laws for `$all::<E>()`, operations with their parameters;
/// `$sample` of them go through every length and offset.
macro_rules! tests {
    ($all:ident) => {
        mod elements {
            $crate::elementwise::tests!(@ $all, in_f32, f32);
            $crate::elementwise::tests!(@ $all, in_f64, f64);
        }
    };
    (@ $all:ident, $name:ident, $float:ty) => {
        mod $name {
            use super::super::$all;
            use $crate::elementwise;

            #[test]
            fn every_length_and_offset() {
                $all::<$float>().into_iter().for_each(elementwise::every_length_and_offset::<$float, _>);
            }
            #[test]
            fn levels_agree() {
                $all::<$float>().into_iter().for_each(elementwise::levels_agree::<$float, _>);
            }
            #[test]
            fn place_does_not_matter() {
                $all::<$float>().into_iter().for_each(elementwise::place_does_not_matter::<$float, _>);
            }
            #[test]
            fn nan_stays_in_its_place() {
                $all::<$float>().into_iter().for_each(elementwise::nan_stays_in_its_place::<$float, _>);
            }
        }
    };
}
pub(crate) use tests;
