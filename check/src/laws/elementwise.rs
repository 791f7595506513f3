//! What holds for every operation whose elements do not know each other: its
//! drivers, written once.
//!
//! An [`Operation`] has columns of inputs, one number per element each, and
//! [`Method`]s that read some of them and write others. A method that works in
//! place gets a copy.

mod levels;
mod places;
mod threads;
mod values;

pub use levels::{agree_on, levels_agree};
pub use places::{every_length_and_offset, nan_stays_in_its_place, place_does_not_matter};
#[cfg(feature = "rayon")]
pub use threads::threads_agree;
pub use values::{Expected, Referenced, values};

use crate::numbers::{Number, Random, bits};
use gradstep::Level;
use std::fmt::Debug;

/// What a method does with columns of inputs and of outputs; the sum, if it has one.
type Run<E> = dyn Fn(Level, &[&[E]], &mut [&mut [E]]) -> Option<f64> + Send + Sync;

/// A public method of an operation.
pub struct Method<E> {
    /// Its name.
    pub name: &'static str,
    /// The columns of which every element tells in the first output, or in the sum.
    reads: Vec<usize>,
    /// Columns written.
    outputs: usize,
    run: Box<Run<E>>,
}

impl<E> Method<E> {
    /// A method without a sum.
    pub fn new(
        name: &'static str,
        reads: &[usize],
        outputs: usize,
        run: impl Fn(Level, &[&[E]], &mut [&mut [E]]) + Send + Sync + 'static,
    ) -> Self {
        Self::with_sum(name, reads, outputs, move |level, x, out| {
            run(level, x, out);
            None
        })
    }

    /// A method that may have a sum.
    pub fn with_sum(
        name: &'static str,
        reads: &[usize],
        outputs: usize,
        run: impl Fn(Level, &[&[E]], &mut [&mut [E]]) -> Option<f64> + Send + Sync + 'static,
    ) -> Self {
        Method { name, reads: reads.to_vec(), outputs, run: Box::new(run) }
    }
}

impl<E> Method<E> {
    /// Calls it on columns of inputs and of outputs.
    pub fn call(&self, level: Level, columns: &[&[E]], outputs: &mut [&mut [E]]) -> Option<f64> {
        (self.run)(level, columns, outputs)
    }
}

/// An operation with its parameters.
pub trait Operation<E: Number>: Copy + Debug + Send + Sync + 'static {
    /// Names of the input columns.
    const COLUMNS: &'static [&'static str];
    /// Those in which NaN is refused.
    const NUMBERS: &'static [usize] = &[];
    /// Whether it has an exponential or a logarithm, and so promises the same bits
    /// on levels that fuse only.
    const NEEDS_FUSION: bool = false;

    /// The public methods.
    fn methods(self) -> Vec<Method<E>>;

    /// The inputs of one element, none of them near the ends of the type.
    fn ordinary(self, random: &mut Random) -> Vec<E>;

    /// Turns any numbers into inputs that are not refused. NaN stays NaN in every
    /// column that a method names in `reads`, save for [`NUMBERS`](Self::NUMBERS).
    fn admit(self, _row: &mut [E]) {}
}

/// [`Operation`] without its type: a law is compiled once for all operations on `E`.
pub(crate) trait AnyOperation<E: Number>: Debug + Send + Sync {
    fn columns(&self) -> &'static [&'static str];
    fn numbers(&self) -> &'static [usize];
    fn all_methods(&self) -> Vec<Method<E>>;
    fn ordinary_row(&self, random: &mut Random) -> Vec<E>;
    fn admit_row(&self, row: &mut [E]);
}

impl<E: Number, O: Operation<E>> AnyOperation<E> for O {
    fn columns(&self) -> &'static [&'static str] {
        O::COLUMNS
    }
    fn numbers(&self) -> &'static [usize] {
        O::NUMBERS
    }
    fn all_methods(&self) -> Vec<Method<E>> {
        self.methods()
    }
    fn ordinary_row(&self, random: &mut Random) -> Vec<E> {
        self.ordinary(random)
    }
    fn admit_row(&self, row: &mut [E]) {
        self.admit(row);
    }
}

/// What no operation writes: with it a buffer shows where it was written.
fn guard<E: Number>() -> E {
    E::from_f64(-4919.125)
}

fn transpose<E: Copy>(rows: &[Vec<E>], width: usize) -> Vec<Vec<E>> {
    (0..width).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

fn ordinary<E: Number>(operation: &dyn AnyOperation<E>, n: usize) -> Vec<Vec<E>> {
    let mut random = Random::new(n as u64);
    let rows: Vec<_> = (0..n).map(|_| operation.ordinary_row(&mut random)).collect();
    transpose(&rows, operation.columns().len())
}

/// Columns of any patterns that are admitted.
fn wild<E: Number>(operation: &dyn AnyOperation<E>, n: usize) -> Vec<Vec<E>> {
    let mut random = Random::new(n as u64);
    let width = operation.columns().len();
    let row = |random: &mut Random| {
        let mut row: Vec<E> = (0..width).map(|_| random.pattern()).collect();
        operation.admit_row(&mut row);
        row
    };
    let rows: Vec<_> = (0..n).map(|_| row(&mut random)).collect();
    transpose(&rows, width)
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

/// The inputs of an element with their names.
fn named<E: Number>(
    operation: &dyn AnyOperation<E>,
    columns: &[Vec<E>],
    i: usize,
) -> impl Iterator<Item = (&'static str, f64)> {
    operation.columns().iter().zip(columns).map(move |(name, column)| (*name, column[i].to_f64()))
}
