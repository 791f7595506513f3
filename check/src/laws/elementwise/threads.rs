//! Threads against one.

#![cfg(feature = "rayon")]

use super::{AnyOperation, Operation, ordinary, part, results};
use crate::numbers::Number;
use crate::{Failure, Outcome};
use gradstep::Level;
use rayon::ThreadPoolBuilder;

/// Pools of 1, 2, 3 and 7 threads give `n` elements the same bits, and the sum.
pub fn threads_agree<E: Number, O: Operation<E>>(operation: O, n: usize) -> Outcome {
    agree(&operation, n)
}

fn agree<E: Number>(operation: &dyn AnyOperation<E>, n: usize) -> Outcome {
    let columns = ordinary(operation, n);
    let pools = [1, 2, 3, 7].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build());
    for method in operation.all_methods() {
        let run = || results(&method, Level::best(), &part(&columns, 0..n));
        let mut first = None;
        // Where no thread is to be had there is nothing to compare.
        for pool in pools.iter().flatten() {
            let got = pool.install(run);
            if *first.get_or_insert_with(|| got.clone()) != got {
                let threads = pool.current_num_threads();
                let what = format!("{operation:?}, {} of {n}, {threads} threads", method.name);
                return Err(Failure::new("threads agree to the bit", what));
            }
        }
    }
    Ok(())
}
