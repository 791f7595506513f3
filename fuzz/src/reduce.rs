//! One number from whole slices.

use crate::pointwise::check_sum;
use crate::run::Runner;
use crate::{Number, Source};
use gradstep::Level;
use gradstep::kernels::ops::{AbsSum, CountOutside, Dot, MaxAbs, Sum};

pub fn reduce<E: Number>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: false };
    let n = source.len();
    let x: Vec<E> = source.slice(n);
    let (low, high) = (source.number::<E>(), source.number::<E>());
    let sums = runner.run("sum", true, &[&x], &[], &|execution, x, _| {
        Ok(E::dispatch(level(execution), Sum { x: x[0] }))
    });
    for sum in sums.iter().flatten() {
        check_sum(sum.value, &x, "sum");
    }
    let counts = runner.run("count", true, &[&x], &[], &|execution, x, _| {
        Ok(E::dispatch(level(execution), CountOutside { x: x[0], low, high }))
    });
    let y: Vec<E> = source.slice(n);
    let dots = runner.run("dot", true, &[&x, &y], &[], &|execution, x, _| {
        Ok(E::dispatch(level(execution), Dot { a: x[0], b: x[1] }))
    });
    let terms: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x.to_f64() * y.to_f64()).collect();
    for dot in dots.iter().flatten() {
        check_sum(dot.value, &terms, "dot");
    }
    let sizes = runner.run("abs_sum", true, &[&x], &[], &|execution, x, _| {
        Ok(E::dispatch(level(execution), AbsSum { x: x[0] }))
    });
    let terms: Vec<f64> = x.iter().map(|x| x.to_f64().abs()).collect();
    for size in sizes.iter().flatten() {
        check_sum(size.value, &terms, "abs_sum");
    }
    let largest = runner.run("max_abs", true, &[&x], &[], &|execution, x, _| {
        Ok(E::dispatch(level(execution), MaxAbs { x: x[0] }).to_f64())
    });
    let larger = |a: f64, b: f64| if a.is_nan() || a >= b { a } else { b };
    let expected = terms.into_iter().fold(0.0, larger);
    for got in largest.iter().flatten() {
        let same = got.value == expected || (got.value.is_nan() && expected.is_nan());
        assert!(same, "max_abs of {x:?}: {got:?}");
    }
    let outside = x.iter().filter(|x| !(**x >= low && **x <= high)).count();
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
