//! Rows of a table: checked, cut where half of them is done, and stepped as lists of tensors.

use super::lists::Cost;
use super::{Tensor, Update};
use crate::split::{join, threads};
use crate::{Element, Error, Execution, check};
use gradstep_kernels::ops::Step;
use gradstep_kernels::{Level, Target};

/// Some rows of a table with their gradients: an embedding, or hashed features.
///
/// Only these rows are read and written, each as a step of that row alone would, bit for bit,
/// and spread over threads where that pays. Averages of the others do not move ("lazy" Adam), and
/// the step number is the caller's.
///
/// Indices may come in any order. Ascending ones are fastest: they are checked in one pass, and
/// neighbours are stepped together.
///
/// ```
/// use gradstep::update::{Adagrad, Rows};
///
/// // A table of three rows of two columns, and a gradient of the last row and the first.
/// let (mut w, mut sum) = ([1.0f32; 6], [0.0; 6]);
/// let rows = Rows { w: &mut w, state: [&mut sum], columns: 2, rows: &[2u32, 0], g: &[4.0, 4.0, -8.0, -8.0] };
/// Adagrad::new(0.5)?.step_rows(rows, 1)?;
/// assert_eq!(w, [1.5, 1.5, 1.0, 1.0, 0.5, 0.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Debug)]
pub struct Rows<'a, E, R, const N: usize> {
    /// The table, `[all rows, columns]`; the rows that are named are overwritten.
    pub w: &'a mut [E],
    /// What the update remembers of it, of the same shape each; overwritten likewise.
    pub state: [&'a mut [E]; N],
    /// The length of a row.
    pub columns: usize,
    /// Which rows, in any integer type; none twice.
    pub rows: &'a [R],
    /// Their gradients, `[rows.len(), columns]`.
    pub g: &'a [E],
}

/// Tensors that are handed to a level together.
const BATCH: usize = 16;

/// Steps the rows.
pub(super) fn step<E: Element, U: Update<E, N>, R: Target + Sync, const N: usize>(
    execution: Execution,
    update: U,
    rows: Rows<'_, E, R, N>,
) -> Result<(), Error> {
    let Rows { w, state, columns, rows, g } = rows;
    check::columns(columns)?;
    check::whole_rows("w", columns, w.len())?;
    for (name, slice) in U::STATE.into_iter().zip(&state) {
        check::length(name, w.len(), slice.len())?;
    }
    check::length("g", rows.len().saturating_mul(columns), g.len())?;
    check::distinct_rows("rows", w.len() / columns, rows.len(), |i| rows[i].to_i128())?;

    let level = execution.chosen_level();
    let mut table = Tensor { w, g: &[], state };
    let (mut rows, mut g) = (rows, g);
    while !rows.is_empty() {
        let ascends = |pair: &&[R]| index(pair[0]) < index(pair[1]);
        let (run, rest) = rows.split_at(1 + rows.windows(2).take_while(ascends).count());
        let (of_run, of_rest) = g.split_at(run.len() * columns);
        let run = Run { table: table.reborrow(), first: 0, columns, rows: run, g: of_run };
        run.step(execution, level, &update);
        (rows, g) = (rest, of_rest);
    }
    Ok(())
}

/// A row of the table, as the check has found it to be.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn index<R: Target>(row: R) -> usize {
    row.to_i128() as usize
}

/// Ascending rows of a part of the table.
struct Run<'a, E, R, const N: usize> {
    /// Weights and state from the row `first` on; no gradient.
    table: Tensor<'a, E, N>,
    first: usize,
    columns: usize,
    rows: &'a [R],
    g: &'a [E],
}

impl<E: Element, R: Target + Sync, const N: usize> Run<'_, E, R, N> {
    fn step<U: Update<E, N>>(self, execution: Execution, level: Level, update: &U) {
        if execution.may_use_threads() {
            let cost = Cost::of::<E, U, N>();
            // In this order: asking for threads may start them.
            if self.work(cost) >= 2 * cost.grain && threads() > 1 {
                return self.spread(level, update, cost);
            }
        }
        self.sequential(level, update);
    }

    fn work(&self, cost: Cost) -> usize {
        self.g.len().saturating_add(self.rows.len().saturating_mul(cost.tensor))
    }

    fn spread<U: Update<E, N>>(self, level: Level, update: &U, cost: Cost) {
        if self.rows.len() < 2 || self.work(cost) < 2 * cost.grain {
            return self.sequential(level, update);
        }
        let Run { table, first, columns, rows, g } = self;
        let (rows, later) = rows.split_at(rows.len() / 2);
        let (g, g_later) = g.split_at(rows.len() * columns);
        let middle = index(later[0]);
        let (table, rest) = table.split_at((middle - first) * columns);
        let left = Run { table, first, columns, rows, g };
        let right = Run { table: rest, first: middle, columns, rows: later, g: g_later };
        join(|| left.spread(level, update, cost), || right.spread(level, update, cost));
    }

    fn sequential<U: Update<E, N>>(self, level: Level, update: &U) {
        let Run { mut table, mut first, columns, mut rows, mut g } = self;
        let mut batch: [Tensor<'_, E, N>; BATCH] = core::array::from_fn(|_| Tensor::default());
        let mut filled = 0;
        while let Some(row) = rows.first() {
            let follows = |pair: &&[R]| index(pair[1]) == index(pair[0]) + 1;
            let together = 1 + rows.windows(2).take_while(follows).count();
            let (_, from) = table.split_at((index(*row) - first) * columns);
            let (mut tensor, rest) = from.split_at(together * columns);
            (tensor.g, g) = g.split_at(together * columns);
            (table, first, rows) = (rest, index(*row) + together, &rows[together..]);
            batch[filled] = tensor;
            filled += 1;
            if filled == BATCH {
                U::dispatch(level, Step { tensors: &mut batch, update });
                filled = 0;
            }
        }
        U::dispatch(level, Step { tensors: &mut batch[..filled], update });
    }
}
