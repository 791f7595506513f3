//! Speed of every operation, on every level, beside loops that only move data.
//!
//! `cargo bench` runs all; `cargo bench -- smooth_l1` runs one operation. An id
//! reads `operation/type/level/size`, where the size is in elements, or rows x
//! classes. Calls go through the public methods on one thread; `2-threads` is the
//! best level on two. `--counts` calls each once, for `tools/counts`.
//!
//! `OPERATION=smooth_l1 cargo bench -- smooth_l1/f32` compiles that operation alone: a
//! trial of a touched kernel in seconds.

#![allow(unreachable_pub)] // a binary has no other crate to reach

mod buffers;
mod count;
mod ops;
mod roofline;
mod size;
mod suite;
mod table;

use criterion::Criterion;
use std::time::Duration;

fn main() {
    // What `2-threads` means; a pool that exists already says so by an error.
    #[cfg(feature = "rayon")]
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("the first pool");

    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    if !count::is_wanted() {
        criterion = criterion.configure_from_args();
    }
    if const { suite::is_built("roofline") } {
        roofline::bench(&mut criterion);
    }
    ops::bench(&mut criterion);
    if !count::is_wanted() {
        criterion.final_summary();
    }
}
