//! Fixed blocks, threads, ordered combination. The only user of rayon.
//!
//! Work is a binary tree whose shape follows from its length alone: each node
//! gives its left child the largest power of two of leaves that leaves some over.
//! Which thread runs a node has no influence on the order of additions, so
//! results have the same bits for any number of threads.

use crate::{Element, Execution};
use gradstep_kernels::ops::{Step, Tensor, Update};
use gradstep_kernels::{Level, Compiled, Split};

/// Nanoseconds of work below which a piece is not worth handing to a thread.
///
/// A join costs 8 to 30 microseconds from outside a pool and under one from
/// inside; two pieces of this size make at least 100 microseconds in all.
#[cfg(feature = "rayon")]
const GRAIN: f64 = 50_000.0;

/// Runs `kernel` piece by piece.
///
/// Inlined: a kernel of one piece is then built where it is run. Copies of what was just
/// written, in other pieces than it was written in, would cost a small call more than its
/// work.
#[inline(always)]
pub(crate) fn run<K: Split + Send>(execution: Execution, kernel: K) -> K::Out
where
    K::Out: Send,
{
    let level = execution.chosen_level();
    if kernel.len() <= kernel.leaf() {
        return kernel.dispatch(level);
    }
    spread(execution, level, kernel)
}

/// Runs the pieces of `kernel`, over threads if that is worth it.
#[inline(never)]
#[cfg_attr(not(feature = "rayon"), allow(unused_variables))]
fn spread<K: Split + Send>(execution: Execution, level: Level, kernel: K) -> K::Out
where
    K::Out: Send,
{
    #[cfg(feature = "rayon")]
    if execution.may_use_threads() {
        // A grain is a length that is worth `GRAIN`: the same for all pieces.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let grain = (GRAIN / kernel.cost()) as usize;
        if kernel.len() >= 2 * grain && rayon::current_num_threads() > 1 {
            return parallel(level, grain, kernel);
        }
    }
    sequential(level, kernel)
}

/// The length of the left child.
fn left(len: usize, leaf: usize) -> usize {
    leaf * (len.div_ceil(leaf).next_power_of_two() / 2)
}

fn sequential<K: Split>(level: Level, kernel: K) -> K::Out {
    let (len, leaf) = (kernel.len(), kernel.leaf());
    if len <= leaf {
        return kernel.dispatch(level);
    }
    let (a, b) = kernel.split_at(left(len, leaf));
    let a = sequential(level, a);
    K::join(a, sequential(level, b))
}

#[cfg(feature = "rayon")]
fn parallel<K: Split + Send>(level: Level, grain: usize, kernel: K) -> K::Out
where
    K::Out: Send,
{
    let (len, leaf) = (kernel.len(), kernel.leaf());
    if len <= leaf || len < 2 * grain {
        return sequential(level, kernel);
    }
    let (a, b) = kernel.split_at(left(len, leaf));
    let (a, b) = rayon::join(|| parallel(level, grain, a), || parallel(level, grain, b));
    K::join(a, b)
}

/// Steps every tensor of a list. Elements do not know each other, so no cut and no
/// order changes a result.
#[inline]
pub(crate) fn step<E, U, const N: usize>(
    execution: Execution,
    update: U,
    tensors: &mut [Tensor<'_, E, N>],
) where
    E: Element + for<'t, 'a> Compiled<Step<'t, 'a, E, U, N>>,
    U: Update<E, N>,
{
    let level = execution.chosen_level();
    #[cfg(feature = "rayon")]
    if execution.may_use_threads() {
        let cost = row::Cost::of::<E, U, N>();
        let work = tensors.iter().map(|tensor| cost.work(tensor));
        let work = work.fold(0, usize::saturating_add);
        // Asking for threads may start them.
        if work >= 2 * cost.grain && rayon::current_num_threads() > 1 {
            return row::spread(level, &update, row::Row::from(tensors), work, cost.of_many(work));
        }
    }
    E::dispatch(level, Step { tensors, update: &update });
}

/// Lists of tensors, cut where half of the work is done.
#[cfg(feature = "rayon")]
mod row {
    use super::{Element, GRAIN, Level, Compiled, Step, Tensor, Update};

    /// Nanoseconds that a tensor costs beside its elements.
    const TENSOR: f64 = 5.0;

    /// Pieces of a thread: enough that it can take over from one that is late.
    const PIECES: usize = 4;

    /// Cuts fall on multiples of this, where a cache line begins if it does at the
    /// first element.
    const CUT: usize = 64;

    /// Work is counted in elements.
    #[derive(Clone, Copy)]
    pub(super) struct Cost {
        /// Below twice this a piece stays whole.
        pub(super) grain: usize,
        /// What a tensor counts beside its elements.
        tensor: usize,
    }

    impl Cost {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        pub(super) fn of<E: Element, U: Update<E, N>, const N: usize>() -> Self {
            Cost { grain: (GRAIN / U::COST) as usize, tensor: (TENSOR / U::COST) as usize }
        }

        /// For so much that pieces need not be small: each cut walks a list.
        pub(super) fn of_many(self, work: usize) -> Self {
            let pieces = PIECES * rayon::current_num_threads();
            Cost { grain: self.grain.max(work / pieces), ..self }
        }

        pub(super) fn work<E, const N: usize>(self, tensor: &Tensor<'_, E, N>) -> usize {
            if tensor.w.is_empty() { 0 } else { self.tensor + tensor.w.len() }
        }
    }

    /// Neighbours in a list, the first and the last of which may be cut.
    pub(super) struct Row<'t, 'a, E, const N: usize> {
        head: Tensor<'t, E, N>,
        middle: &'t mut [Tensor<'a, E, N>],
        tail: Tensor<'t, E, N>,
    }

    impl<'t, 'a, E, const N: usize> From<&'t mut [Tensor<'a, E, N>]> for Row<'t, 'a, E, N> {
        fn from(middle: &'t mut [Tensor<'a, E, N>]) -> Self {
            Row { head: Tensor::default(), middle, tail: Tensor::default() }
        }
    }

    impl<E: Element, const N: usize> Row<'_, '_, E, N> {
        /// About the first `work`, and the rest.
        fn split_at(self, mut work: usize, cost: Cost) -> (Self, Self) {
            let Row { head, middle, tail } = self;
            let mut passes = |tensor: &Tensor<'_, E, N>| {
                let after = work.checked_sub(cost.work(tensor));
                work = after.unwrap_or(work);
                after.is_some()
            };
            if !passes(&head) {
                let (a, b) = head.split_at(work / CUT * CUT);
                let left = Row { head: a, middle: &mut [], tail: Tensor::default() };
                return (left, Row { head: b, middle, tail });
            }
            let place = middle.iter().position(|tensor| !passes(tensor));
            let (before, rest) = middle.split_at_mut(place.unwrap_or(middle.len()));
            let (cut, after, tail) = match rest.split_first_mut() {
                Some((cut, after)) => (cut.reborrow(), after, tail),
                None => (tail, &mut [][..], Tensor::default()),
            };
            let (a, b) = cut.split_at(work / CUT * CUT);
            (Row { head, middle: before, tail: a }, Row { head: b, middle: after, tail })
        }

        fn step<U: Update<E, N>>(self, level: Level, update: &U)
        where
            E: for<'r, 'b> Compiled<Step<'r, 'b, E, U, N>>,
        {
            let Row { mut head, middle, mut tail } = self;
            E::dispatch(level, Step { tensors: core::slice::from_mut(&mut head), update });
            E::dispatch(level, Step { tensors: middle, update });
            E::dispatch(level, Step { tensors: core::slice::from_mut(&mut tail), update });
        }
    }

    pub(super) fn spread<E, U: Update<E, N>, const N: usize>(
        level: Level,
        update: &U,
        row: Row<'_, '_, E, N>,
        work: usize,
        cost: Cost,
    ) where
        E: Element + for<'t, 'a> Compiled<Step<'t, 'a, E, U, N>>,
    {
        if work < 2 * cost.grain {
            return row.step(level, update);
        }
        let half = work / 2;
        let (a, b) = row.split_at(half, cost);
        rayon::join(
            || spread(level, update, a, half, cost),
            || spread(level, update, b, work - half, cost),
        );
    }
}
