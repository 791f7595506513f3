//! Logarithm of the sum of exponentials: any rows of any numbers.

use crate::compare::Expected;
use crate::reference::{Double, cross_entropy as reference};
use crate::run::Runner;
use crate::{Number, Source, tolerance};

pub fn logsumexp<E: Number>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: true };
    let classes = source.below(71);
    let rows = source.below(700 / classes.max(1) + 1).min(140);
    let n = source.near(rows * classes);
    let x: Vec<E> = source.slice(n);
    let out: Vec<E> = source.slice(rows);
    let accepted = classes > 0 && x.len() == rows * classes;
    let what = format!("logsumexp, {rows} x {classes}");
    let outcomes = runner.run(&what, accepted, &[&x], &[&out], &|execution, x, out| {
        gradstep::logsumexp_with(execution, x[0], classes, out[0]).map(|()| 0.0)
    });
    let ulps = tolerance::ulps("logsumexp", "row", E::FORMAT);
    for outcome in outcomes.iter().flatten() {
        for (row, got) in x.chunks(classes).zip(outcome.output()) {
            let row: Vec<f64> = row.iter().map(|x| x.to_f64()).collect();
            let exact = reference::logsumexp(&row);
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let largest = Double::from(largest);
            let magnitude = largest.abs().max((exact - largest).abs());
            // Exponentials that would be subnormal count as 0.
            let slack = E::MIN_POSITIVE.double() * classes as f64;
            let expected = Expected { magnitude, slack, ..Expected::new(exact, ulps) };
            expected.check(*got, (&what, &row, outcome.level));
        }
    }
}
