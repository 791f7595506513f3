//! Pools of 1, 2, 3 and 7 threads, the global pool from outside, and whether
//! threads are used at all.

use super::{Data, Operation, compare, operations};
use crate::numbers::Number;
use gradstep::kernels::Isa;
use gradstep::loss::{Loss, Pointwise};
use gradstep::{Element, Execution, Reduction};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

fn pool(threads: usize) -> ThreadPool {
    let name = move |i| format!("{threads}-{i}");
    let builder = ThreadPoolBuilder::new().num_threads(threads).thread_name(name);
    builder.build().expect("threads")
}

/// Every `step`-th operation, from the one at `first` on.
fn same_in_every_pool<E: Number>(first: usize, step: usize) {
    for Operation { name, large: n, run, .. } in
        operations::<E>().into_iter().skip(first).step_by(step)
    {
        let data = Data::<E>::new(n);
        let run = |execution| run(data.part(0..n), execution);
        let alone = run(Execution::new().sequential());
        let what = |place: &str| format!("{name} of {n} {place}");
        compare(&what("outside of a pool"), &alone, &run(Execution::new()));
        for threads in [1, 2, 3, 7] {
            let got = pool(threads).install(|| run(Execution::new()));
            compare(&what(&format!("in a pool of {threads}")), &alone, &got);
        }
        // Beside other work of the caller's.
        let (a, b) = pool(3).join(|| run(Execution::new()), || run(Execution::new()));
        compare(&what("beside another"), &alone, &a);
        compare(&what("beside another"), &alone, &b);
    }
}

macro_rules! pools {
    ($($name:ident $first:literal)*) => {$(
        mod $name {
            #[test]
            fn in_f32() {
                super::same_in_every_pool::<f32>($first, 6);
            }
            #[test]
            fn in_f64() {
                super::same_in_every_pool::<f64>($first, 6);
            }
        }
    )*};
}

pools! {
    same_in_every_pool_0 0
    same_in_every_pool_1 1
    same_in_every_pool_2 2
    same_in_every_pool_3 3
    same_in_every_pool_4 4
    same_in_every_pool_5 5
}

/// A loss that says on which threads it runs, where this many elements are worth one. A
/// thread's first visit takes long, so that others come to help.
#[derive(Clone, Copy)]
struct Threads<'a, const WORTH: u64>(&'a Mutex<BTreeSet<String>>);

impl<E: Element, const WORTH: u64> Pointwise<E> for Threads<'_, WORTH> {
    const COST: f64 = if WORTH == u64::MAX { 0.0 } else { 50_000.0 / WORTH as f64 };

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("no name").to_owned();
        if self.0.lock().expect("no panic").insert(name) {
            std::thread::sleep(Duration::from_millis(20));
        }
        (prediction - target, prediction)
    }
}

/// A leaf is worth a thread.
const MUCH: u64 = 50;

/// The threads that run a loss of this many elements.
fn threads_of<const WORTH: u64>(n: usize, execution: Execution) -> BTreeSet<String> {
    let names = Mutex::new(BTreeSet::new());
    let x = vec![1.0f32; n];
    let loss = Loss::from_formula(Threads::<WORTH>(&names)).reduction(Reduction::Sum);
    let sum = loss.execution(execution).loss(&x, &vec![0.0; n]);
    assert_eq!(sum, Ok(n as f64));
    names.into_inner().expect("no panic")
}

const LEAF: usize = 65_536;

#[test]
fn the_callers_pool_does_the_work() {
    let names = pool(3).install(|| threads_of::<MUCH>(8 * LEAF, Execution::new()));
    assert!(names.len() > 1 && names.iter().all(|name| name.starts_with("3-")), "{names:?}");
    let names = pool(1).install(|| threads_of::<MUCH>(8 * LEAF, Execution::new()));
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["1-0"]);
}

#[test]
fn small_work_and_sequential_work_stay_on_the_calling_thread() {
    let here = std::thread::current().name().unwrap_or("no name").to_owned();
    for (n, execution) in [(LEAF, Execution::new()), (8 * LEAF, Execution::new().sequential())] {
        let names = threads_of::<MUCH>(n, execution);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [here.as_str()], "{n} {execution:?}");
        let names = pool(3).install(|| threads_of::<MUCH>(n, execution));
        assert_eq!(names.len(), 1, "{n} {execution:?}: {names:?}");
    }
}

/// Neither nothing, nor so little that twice the length worth a thread is no number.
#[test]
fn a_tiny_cost_is_not_worth_a_thread() {
    let little = |threads: BTreeSet<String>| assert_eq!(threads.len(), 1, "{threads:?}");
    pool(3).install(|| {
        little(threads_of::<{ 1 << 63 }>(8 * LEAF, Execution::new()));
        little(threads_of::<{ u64::MAX }>(8 * LEAF, Execution::new()));
    });
}
