//! Fixed blocks, threads, ordered combination. The only user of rayon.
//!
//! Work is a binary tree whose shape follows from its length alone: each node
//! gives its left child the largest power of two of leaves that is less than all.
//! Which thread runs a node has no influence on the order of additions, so
//! results have the same bits for any number of threads.

use crate::Execution;
use gradstep_kernels::{Level, Split};

/// Nanoseconds of work below which a piece is not worth handing to a thread.
///
/// A join costs 8 to 30 microseconds from outside a pool and under one from
/// inside; two pieces of this size make at least 100 microseconds in all.
pub(crate) const GRAIN: f64 = 50_000.0;

/// A way to run two closures on the pool's threads.
#[cfg(feature = "rayon")]
pub(crate) use rayon::join;

/// The pool's threads, which this may start; 1 where it can't.
#[cfg(feature = "rayon")]
pub(crate) fn threads() -> usize {
    use std::sync::OnceLock;
    static STARTED: OnceLock<bool> = OnceLock::new();
    // Rayon can't panic inside a pool, nor where the global one has started; on wasm it has a
    // replacement for a pool.
    let is_fine = cfg!(target_family = "wasm") || rayon::current_thread_index().is_some();
    if is_fine || *STARTED.get_or_init(start) { rayon::current_num_threads() } else { 1 }
}

/// Starts the global pool, if nobody has, and says whether it runs.
#[cfg(feature = "rayon")]
#[cold]
fn start() -> bool {
    use std::error::Error;
    match rayon::ThreadPoolBuilder::new().build_global() {
        Ok(()) => true,
        // The system refused to start threads.
        Err(error) if error.source().is_some() => false,
        // Another part of the program has tried before; only rayon's panic tells whether it
        // failed.
        Err(_) => std::panic::catch_unwind(rayon::current_num_threads).is_ok(),
    }
}

/// The calling thread.
#[cfg(not(feature = "rayon"))]
pub(crate) const fn threads() -> usize {
    1
}

/// Runs both, one after the other.
#[cfg(not(feature = "rayon"))]
pub(crate) fn join<A, B>(a: impl FnOnce() -> A, b: impl FnOnce() -> B) -> (A, B) {
    (a(), b())
}

/// Runs `kernel` piece by piece.
///
/// Inlined, so that a kernel of one piece is built where it is run: to copy it there would
/// cost a small call more than its work.
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
fn spread<K: Split + Send>(execution: Execution, level: Level, kernel: K) -> K::Out
where
    K::Out: Send,
{
    if execution.may_use_threads() {
        // The length that is worth `GRAIN`, the same for all pieces.
        let grain = (GRAIN / kernel.cost()) as usize;
        if kernel.len() >= grain.saturating_mul(2) && threads() > 1 {
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

fn parallel<K: Split + Send>(level: Level, grain: usize, kernel: K) -> K::Out
where
    K::Out: Send,
{
    let (len, leaf) = (kernel.len(), kernel.leaf());
    if len <= leaf || len < grain.saturating_mul(2) {
        return sequential(level, kernel);
    }
    let (a, b) = kernel.split_at(left(len, leaf));
    let (a, b) = join(|| parallel(level, grain, a), || parallel(level, grain, b));
    K::join(a, b)
}
