//! What holds for every operation whose elements do not know each other: its
//! drivers, written once.
//!
//! An [`Operation`] has columns of inputs, one number per element each, and
//! [`Method`]s that read some of them and write others. A method that works in
//! place gets a copy.

mod levels;
mod places;
mod values;

pub(crate) use levels::levels_agree;
pub(crate) use places::{every_length_and_offset, nan_stays_in_its_place, place_does_not_matter};
pub(crate) use values::{Expected, Referenced, values};

use crate::numbers::{Number, Random, bits};
use gradstep::Level;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use std::fmt::Debug;

/// What a method does with columns of inputs and of outputs; the sum, if it has one.
type Run<E> = dyn Fn(Level, &[&[E]], &mut [&mut [E]]) -> Option<f64>;

/// A public method of an operation.
pub(crate) struct Method<E> {
    pub(crate) name: &'static str,
    /// The columns of which every element tells in the first output, or in the sum.
    reads: Vec<usize>,
    /// Columns written.
    outputs: usize,
    run: Box<Run<E>>,
}

impl<E> Method<E> {
    /// A method without a sum.
    pub(crate) fn new(
        name: &'static str,
        reads: &[usize],
        outputs: usize,
        run: impl Fn(Level, &[&[E]], &mut [&mut [E]]) + 'static,
    ) -> Self {
        Self::with_sum(name, reads, outputs, move |level, x, out| {
            run(level, x, out);
            None
        })
    }

    /// A method that may have a sum.
    pub(crate) fn with_sum(
        name: &'static str,
        reads: &[usize],
        outputs: usize,
        run: impl Fn(Level, &[&[E]], &mut [&mut [E]]) -> Option<f64> + 'static,
    ) -> Self {
        Method { name, reads: reads.to_vec(), outputs, run: Box::new(run) }
    }
}

impl<E> Method<E> {
    /// Calls it on columns of inputs and of outputs.
    pub(crate) fn call(
        &self,
        level: Level,
        columns: &[&[E]],
        outputs: &mut [&mut [E]],
    ) -> Option<f64> {
        (self.run)(level, columns, outputs)
    }
}

/// An operation with its parameters.
pub(crate) trait Operation<E: Number>: Copy + Debug + 'static {
    /// Input columns.
    const WIDTH: usize;
    /// Columns in which NaN is refused.
    const NUMBERS: &'static [usize] = &[];
    /// Whether it has an exponential or a logarithm, and so promises the same bits
    /// on levels that fuse only.
    const NEEDS_FUSION: bool = false;

    fn methods(self) -> Vec<Method<E>>;

    /// The inputs of one element, none of them near the ends of the type.
    fn ordinary(self, random: &mut Random) -> Vec<E>;

    /// Turns any numbers into inputs that are not refused. NaN stays NaN in every
    /// column that a method names in `reads`, save for [`NUMBERS`](Self::NUMBERS).
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

/// Checks a law on the same cases in every run; `PROPTEST_CASES` asks for more.
pub(crate) fn law<S: Strategy>(strategy: &S, holds: impl Fn(S::Value) -> TestCaseResult) {
    let config = Config { failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let checked = TestRunner::new_with_rng(config, random).run(strategy, holds);
    if let Err(error) = checked {
        panic!("{error}");
    }
}

/// The tests of these laws for `$all::<E>()`, operations with their parameters;
/// `values` too where there is a reference. Every length and offset is for
/// `$lengths` alone if that is given.
macro_rules! tests {
    ($all:ident) => {
        $crate::elementwise::tests!($all, lengths: $all);
    };
    ($all:ident, values) => {
        $crate::elementwise::tests!($all);

        #[test]
        fn values() {
            $all::<f32>().into_iter().for_each($crate::elementwise::values::<f32, _>);
            $all::<f64>().into_iter().for_each($crate::elementwise::values::<f64, _>);
        }
    };
    ($all:ident, lengths: $lengths:ident) => {
        mod elements {
            $crate::elementwise::tests!(@ $all, $lengths, in_f32, f32);
            $crate::elementwise::tests!(@ $all, $lengths, in_f64, f64);
        }
    };
    (@ $all:ident, $lengths:ident, $name:ident, $float:ty) => {
        mod $name {
            use $crate::elementwise;

            #[test]
            fn every_length_and_offset() {
                let sample = super::super::$lengths::<$float>().into_iter();
                sample.for_each(elementwise::every_length_and_offset::<$float, _>);
            }
            #[test]
            fn levels_agree() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(elementwise::levels_agree::<$float, _>);
            }
            #[test]
            fn place_does_not_matter() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(elementwise::place_does_not_matter::<$float, _>);
            }
            #[test]
            fn nan_stays_in_its_place() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(elementwise::nan_stays_in_its_place::<$float, _>);
            }
        }
    };
}
pub(crate) use tests;
