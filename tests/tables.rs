//! Rows of a table: each one's result is that of stepping it alone, bit for bit, in any order, on
//! every level and any number of threads; the other rows keep every bit.

use crate::numbers::{Number, Random};
use gradstep::formula::{Isa, Update};
use gradstep::update::{Adagrad, Adam, AdamW, Ftrl, Rows, Sgd, Tensor, Updater};
use gradstep::{Element, Error, Execution, Level};
use std::collections::BTreeSet;

/// A table that owns its slices.
#[derive(Clone)]
struct Table<E, const N: usize> {
    w: Vec<E>,
    state: [Vec<E>; N],
    columns: usize,
}

impl<E: Number, const N: usize> Table<E, N> {
    fn new(random: &mut Random, rows: usize, columns: usize) -> Self {
        let mut draw = |low| (0..rows * columns).map(|_| random.ordinary(low, 2.0)).collect();
        Self { w: draw(-2.0), state: [(); N].map(|()| draw(0.0)), columns }
    }

    fn rows<'a, R>(&'a mut self, rows: &'a [R], g: &'a [E]) -> Rows<'a, E, R, N> {
        let state = self.state.each_mut().map(Vec::as_mut_slice);
        Rows { w: &mut self.w, state, columns: self.columns, rows, g }
    }

    fn row<'a>(&'a mut self, row: usize, g: &'a [E]) -> Tensor<'a, E, N> {
        let range = row * self.columns..(row + 1) * self.columns;
        let state = self.state.each_mut().map(|slice| &mut slice[range.clone()]);
        Tensor { w: &mut self.w[range.clone()], g, state }
    }

    fn bits(&self) -> Vec<u64> {
        std::iter::once(&self.w).chain(&self.state).flatten().map(|x| x.bits()).collect()
    }
}

/// An update's two methods.
trait Method<E, const N: usize>: Sync {
    fn step(&self, tensor: Tensor<'_, E, N>) -> Result<(), Error>;
    fn step_rows(&self, on: Execution, rows: Rows<'_, E, u32, N>) -> Result<(), Error>;
}

/// What is done with each update.
trait Check<E> {
    fn check<const N: usize>(&self, name: &str, method: impl Method<E, N>);
}

/// One of one's own: `b := b / 2 + g`, `w := w - b / 4`.
#[derive(Clone, Copy)]
struct HeavyBall;

impl<E: Element> Update<E, 1> for HeavyBall {
    const STATE: [&'static str; 1] = ["b"];

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [b]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let b = b * E::HALF + g;
        (w - b * (E::HALF * E::HALF), [b])
    }
}

macro_rules! updates {
    ($($name:ident, $n:literal: $update:expr, |$u:ident, $tensor:ident| $step:expr $(, $t:literal)?;)*) => {
        $(
            #[allow(non_camel_case_types)]
            struct $name {}

            impl<E: Number> Method<E, $n> for $name {
                fn step(&self, $tensor: Tensor<'_, E, $n>) -> Result<(), Error> {
                    let $u = $update;
                    $step
                }
                fn step_rows(&self, on: Execution, rows: Rows<'_, E, u32, $n>) -> Result<(), Error> {
                    $update.execution(on).step_rows(rows $(, $t)?)
                }
            }
        )*

        /// Every update that has rows.
        fn each<E: Number>(check: &impl Check<E>) {
            $(check.check(stringify!($name), $name {});)*
        }
    };
}

updates! {
    sgd, 0: Sgd::new(0.1)?.weight_decay(0.1)?, |u, x| u.step(x.w, x.g);
    adagrad, 1: Adagrad::new(0.1)?.weight_decay(0.1)?, |u, x| {
        let [sum] = x.state;
        u.step(x.w, x.g, sum, 3)
    }, 3;
    adam, 2: Adam::new(0.1)?.weight_decay(0.1)?, |u, x| u.step_many(&mut [x], 3), 3;
    adam_w, 2: AdamW::new(0.1)?, |u, x| u.step_many(&mut [x], 3), 3;
    ftrl, 2: Ftrl::new(0.1)?.l1(0.5)?, |u, x| u.step_many(&mut [x]);
    own, 1: Updater::from_formula(HeavyBall), |u, x| u.step(x.w, x.g, x.state);
}

/// Steps these rows together and each alone.
fn same_as_alone<E: Number, const N: usize>(
    what: &str,
    method: &impl Method<E, N>,
    start: &Table<E, N>,
    rows: &[u32],
    executions: impl IntoIterator<Item = Execution>,
) {
    let mut random = Random::new(3);
    let columns = start.columns;
    let g: Vec<E> = (0..rows.len() * columns).map(|_| random.ordinary(-2.0, 2.0)).collect();
    let mut alone = start.clone();
    for (row, g) in rows.iter().zip(g.chunks(columns)) {
        method.step(alone.row(*row as usize, g)).expect("not refused");
    }
    for on in executions {
        let mut together = start.clone();
        method.step_rows(on, together.rows(rows, &g)).expect("not refused");
        let same = together.bits() == alone.bits();
        assert!(same, "{what}, {} rows of {columns} with {on:?}", rows.len());
    }
}

fn shuffled(random: &mut Random, mut rows: Vec<u32>) -> Vec<u32> {
    for i in (1..rows.len()).rev() {
        rows.swap(i, random.below(i + 1));
    }
    rows
}

/// Every order, on every level.
struct EveryLevel;

impl<E: Number> Check<E> for EveryLevel {
    fn check<const N: usize>(&self, name: &str, method: impl Method<E, N>) {
        let mut random = Random::new(1);
        for columns in [1, 3, 8, 33, 130] {
            let start = Table::<E, N>::new(&mut random, 50, columns);
            let some: Vec<u32> = (0..50).filter(|_| random.below(3) > 0).collect();
            let mixed = shuffled(&mut random, some.clone());
            let down = some.iter().rev().copied().collect();
            for rows in [vec![], vec![49], (0..50).collect(), some, down, mixed] {
                let levels = Level::available().map(|level| Execution::new().level(level));
                same_as_alone(name, &method, &start, &rows, levels);
            }
        }
    }
}

#[test]
fn every_level_steps_each_row_as_alone() {
    each::<f32>(&EveryLevel);
    each::<f64>(&EveryLevel);
}

/// So many that they are worth threads.
struct Pools;

impl<E: Number> Check<E> for Pools {
    fn check<const N: usize>(&self, name: &str, method: impl Method<E, N>) {
        let mut random = Random::new(2);
        let start = Table::<E, N>::new(&mut random, 60_000, 70);
        let some: Vec<u32> = (0..60_000).filter(|_| random.below(8) > 0).collect();
        // Two ascending halves, in the wrong order.
        let (low, high) = some.split_at(some.len() / 2);
        let turned = [high, low].concat();
        for threads in [2, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads").install(|| {
                for rows in [&some, &turned] {
                    same_as_alone(name, &method, &start, rows, [Execution::new()]);
                }
            });
        }
    }
}

#[test]
fn pools_step_each_row_as_alone() {
    each::<f32>(&Pools);
}

/// The error, and every bit of the table stays.
fn refused<E: Number, const N: usize>(
    name: &str,
    method: &impl Method<E, N>,
    table: &Table<E, N>,
    rows: &[u32],
    g: usize,
) -> Error {
    let mut changed = table.clone();
    let g = vec![E::HALF; g];
    let result = method.step_rows(Execution::new(), changed.rows(rows, &g));
    let error = result.expect_err(name);
    assert!(changed.bits() == table.bits(), "{name} wrote before {error:?}");
    assert!(!error.to_string().is_empty());
    error
}

struct Refuses;

impl<E: Number> Check<E> for Refuses {
    fn check<const N: usize>(&self, name: &str, method: impl Method<E, N>) {
        let table = Table::<E, N>::new(&mut Random::new(4), 9, 3);
        let element =
            |index, expected, found| Error::Element { argument: "rows", index, expected, found };
        let (outside, twice) = ("a row of the table", "a row that did not come before");
        for (rows, expected) in [
            (vec![9], element(0, outside, 9.0)),
            (vec![3, u32::MAX, 3], element(1, outside, f64::from(u32::MAX))),
            (vec![3, 3], element(1, twice, 3.0)),
            (vec![8, 0, 3, 0, 8], element(3, twice, 0.0)),
            (vec![0, 1, 2, 1], element(3, twice, 1.0)),
        ] {
            assert_eq!(refused(name, &method, &table, &rows, 3 * rows.len()), expected, "{name}");
        }
        for found in [0, 5, 7] {
            let expected = Error::Length { argument: "g", expected: 6, found };
            assert_eq!(refused(name, &method, &table, &[2, 1], found), expected, "{name}");
        }
        for slice in 0..N {
            let mut other = table.clone();
            other.state[slice].pop();
            let error = refused(name, &method, &other, &[2, 1], 6);
            let is = matches!(error, Error::Length { expected: 27, found: 26, .. });
            assert!(is, "{name}: {error:?}");
        }
        let mut ragged = table.clone();
        ragged.w.pop();
        let expected = Error::Length { argument: "w", expected: 24, found: 26 };
        assert_eq!(refused(name, &method, &ragged, &[2, 1], 6), expected, "{name}");
        let none = Table { columns: 0, ..table };
        let expected =
            Error::Parameter { parameter: "columns", expected: "at least 1", found: 0.0 };
        assert_eq!(refused(name, &method, &none, &[], 0), expected, "{name}");
    }
}

#[test]
fn what_is_no_row_or_comes_twice_is_refused() {
    each::<f32>(&Refuses);
    each::<f64>(&Refuses);
}

#[test]
fn step_0_of_rows_is_refused() {
    let expected = Error::Parameter { parameter: "t", expected: "at least 1", found: 0.0 };
    let mut table = Table::<f32, 1>::new(&mut Random::new(5), 3, 2);
    let rows = table.rows(&[1u64], &[1.0; 2]);
    assert_eq!(Adagrad::new(0.1).expect("rate").step_rows(rows, 0), Err(expected.clone()));
    let mut table = Table::<f32, 2>::new(&mut Random::new(5), 3, 2);
    let rows = table.rows(&[1i32], &[1.0; 2]);
    assert_eq!(AdamW::new(0.1).expect("rate").step_rows(rows, 0), Err(expected));
}

/// Few rows of a large table, and many: what is looked for in pairs, and by windows.
#[test]
fn repeated_rows_of_large_tables_are_found() {
    const ROWS: usize = 1_000_000;
    let sgd = Sgd::new(0.5).expect("rate");
    let mut random = Random::new(6);
    for count in [2, 15, 16, 1000, 100_000] {
        let mut known = BTreeSet::new();
        let mut rows: Vec<i64> = Vec::new();
        while rows.len() < count {
            let row = random.below(ROWS) as i64;
            if known.insert(row) {
                rows.push(row);
            }
        }
        let (mut w, g) = (vec![1.0f32; ROWS], vec![1.0; count]);
        let table = Rows { w: &mut w, state: [], columns: 1, rows: &rows, g: &g };
        assert_eq!(sgd.step_rows(table), Ok(()), "{count}");
        let stepped = w.iter().filter(|w| **w == 0.5).count();
        let kept = w.iter().filter(|w| **w == 1.0).count();
        assert_eq!((stepped, kept), (count, ROWS - count));
        for _ in 0..5 {
            let (from, to) = (random.below(count), random.below(count));
            let (from, to) = (from.min(to), from.max(to));
            if from == to {
                continue;
            }
            let mut twice = rows.clone();
            twice[to] = twice[from];
            let (expected, found) = ("a row that did not come before", twice[to] as f64);
            let table = Rows { w: &mut w, state: [], columns: 1, rows: &twice, g: &g };
            let error = Error::Element { argument: "rows", index: to, expected, found };
            assert_eq!(sgd.step_rows(table), Err(error), "{count}");
        }
        let negative = [rows[0], -1];
        let table = Rows { w: &mut w, state: [], columns: 1, rows: &negative, g: &[1.0; 2] };
        let refused = sgd.step_rows(table).expect_err("no row");
        assert!(refused.to_string().contains("`rows[1]`"), "{refused}");
        assert_eq!(w.iter().filter(|w| **w == 0.5).count(), count);
    }
}
