//! Sums over one slice.

use crate::pointwise::check_sum;
use crate::run::Runner;
use crate::{Number, Source};
use gradstep::Level;
use gradstep::kernels::ops::{CountOutside, Sum};

pub fn reduce<E: Number>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: false };
    let n = source.len();
    let x: Vec<E> = source.slice(n);
    let (low, high) = (source.number::<E>(), source.number::<E>());
    let sums = runner
        .run("sum", true, &[&x], &[], &|execution, x, _| Ok(level(execution).run(Sum { x: x[0] })));
    for sum in sums.iter().flatten() {
        check_sum(sum.value, &x, "sum");
    }
    let counts = runner.run("count", true, &[&x], &[], &|execution, x, _| {
        Ok(level(execution).run(CountOutside { x: x[0], low, high }))
    });
    let outside = x.iter().filter(|x| **x < low || **x > high).count();
    for count in counts.iter().flatten() {
        assert_eq!(count.value, outside as f64, "outside {low:?}..={high:?} on {:?}", count.level);
    }
}

/// Kernels take a level where methods take an execution.
pub(crate) fn level(execution: gradstep::Execution) -> Level {
    Level::available()
        .find(|level| gradstep::Execution::new().level(*level).sequential() == execution)
        .expect("a level of this machine")
}
