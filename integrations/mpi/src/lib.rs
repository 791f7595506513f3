//! Data-parallel training over MPI, to the same bits for 1, 2, 4, .. ranks.
//!
//! Rows are cut into [`BLOCKS`] blocks, however many ranks there are. Each rank computes loss and
//! gradient of its blocks as sums, and adds them up pairwise; [`Ranks::sum`] gathers what the
//! ranks have (allgather, which moves numbers and adds none) and goes on adding, pair by pair, on
//! every rank. That is one binary tree over the blocks, so the sum has the same bits for every
//! number of ranks. MPI's own allreduce may add in any order, and does not promise the same one
//! twice.
//!
//! ```no_run
//! use gradstep_mpi::Ranks;
//! use std::time::Duration;
//!
//! let universe = mpi::initialize().expect("MPI, once");
//! let ranks = Ranks::new(universe.world(), Duration::from_secs(10))?;
//! let rows = 1437;
//! // Loss and gradient of each block of this rank, as sums.
//! let parts = ranks.blocks(rows).map(|rows| vec![rows.len() as f64, 0.5]);
//! let sums = ranks.sum(parts.collect());
//! # Ok::<(), String>(())
//! ```

#![forbid(unsafe_code)]

use mpi::request;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use std::ops::Range;
use std::time::{Duration, Instant};

/// The leaves of the tree, so the largest number of ranks.
pub const BLOCKS: usize = 16;

/// What an [abort](Ranks::abort) makes of the whole job.
pub const ABORTED: i32 = 3;

/// All ranks, and how long to wait for the others.
pub struct Ranks {
    world: SimpleCommunicator,
    patience: Duration,
}

impl Ranks {
    /// The ranks of `world`; who is not heard of for `patience` is taken for dead.
    ///
    /// # Errors
    ///
    /// If their number does not divide the blocks evenly.
    pub fn new(world: SimpleCommunicator, patience: Duration) -> Result<Self, String> {
        let ranks = world.size() as usize;
        if !ranks.is_power_of_two() || ranks > BLOCKS {
            return Err(format!("{ranks} ranks: must be 1, 2, 4, .. or {BLOCKS}"));
        }
        Ok(Self { world, patience })
    }

    /// This rank, from 0.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.world.rank() as usize
    }

    /// The number of ranks.
    #[must_use]
    pub fn count(&self) -> usize {
        self.world.size() as usize
    }

    /// The rows of each block of this rank, of `rows` in all.
    pub fn blocks(&self, rows: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let each = BLOCKS / self.count();
        let first = self.rank() * each;
        (first..first + each).map(move |i| rows * i / BLOCKS..rows * (i + 1) / BLOCKS)
    }

    /// The sums over all blocks of all ranks, the same on each rank; `parts` are those of this
    /// rank's blocks, all of one length.
    ///
    /// If another rank does not come for the patience, the whole job ends with a message.
    #[must_use]
    pub fn sum(&self, parts: Vec<Vec<f64>>) -> Vec<f64> {
        let mine = add_pairwise(parts);
        let mut all = vec![0.0; mine.len() * self.count()];
        self.gather(&mine, &mut all);
        add_pairwise(all.chunks(mine.len()).map(<[f64]>::to_vec).collect())
    }

    fn gather(&self, mine: &[f64], all: &mut [f64]) {
        let start = Instant::now();
        request::scope(|scope| {
            let mut pending = self.world.immediate_all_gather_into(scope, mine, all);
            loop {
                match pending.test() {
                    Ok(_) => return,
                    Err(again) => pending = again,
                }
                if start.elapsed() > self.patience {
                    self.abort(&format!("no answer from another rank for {:?}", self.patience));
                }
                // With more ranks than cores another one may need this core.
                std::thread::yield_now();
            }
        });
    }

    /// Says why, and ends all ranks with the exit code [`ABORTED`].
    pub fn abort(&self, why: &str) -> ! {
        eprintln!("rank {}: {why}; ending all ranks", self.rank());
        self.world.abort(ABORTED)
    }
}

/// Adds neighbours, then neighbours of these, and so on.
fn add_pairwise(mut parts: Vec<Vec<f64>>) -> Vec<f64> {
    while parts.len() > 1 {
        let mut halves = parts.into_iter();
        let mut sums = Vec::new();
        while let Some(mut left) = halves.next() {
            if let Some(right) = halves.next() {
                left.iter_mut().zip(&right).for_each(|(a, b)| *a += b);
            }
            sums.push(left);
        }
        parts = sums;
    }
    parts.pop().unwrap_or_default()
}

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
