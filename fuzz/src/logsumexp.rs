//! Logarithm of the sum of exponentials and softmax: any rows of any numbers.

use crate::compare::Expected;
use crate::reference::{Double, cross_entropy as reference};
use crate::run::Runner;
use crate::{Number, Source, tolerance};
use gradstep::{LogSoftmax, LogSumExp, Softmax};

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
        LogSumExp::new(classes)?.execution(execution).apply_into(x[0], out[0]).map(|()| 0.0)
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

pub fn softmax<E: Number>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: true };
    let classes = 1 + source.below(71);
    let rows = source.below(700 / classes + 1).min(140);
    let x: Vec<E> = source.slice(rows * classes);
    let n = source.near(x.len());
    let out: Vec<E> = source.slice(n);
    let accepted = out.len() == x.len();
    let what = format!("softmax, {rows} x {classes}");
    let plain = runner.run(&what, accepted, &[&x], &[&out], &|execution, x, out| {
        Softmax::new(classes)?.execution(execution).apply_into(x[0], out[0]).map(|()| 0.0)
    });
    let logarithm = runner.run(&what, accepted, &[&x], &[&out], &|execution, x, out| {
        LogSoftmax::new(classes)?.execution(execution).apply_into(x[0], out[0]).map(|()| 0.0)
    });
    for (outcomes, logarithm) in [(plain, false), (logarithm, true)] {
        let ulps = tolerance::ulps("softmax", "value", E::FORMAT);
        for outcome in outcomes.iter().flatten() {
            for (x, got) in x.chunks(classes).zip(outcome.output().chunks(classes)) {
                let row: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
                let exact =
                    if logarithm { reference::log_softmax(&row) } else { reference::softmax(&row) };
                for (got, exact) in got.iter().zip(exact) {
                    if logarithm && !crate::compare::in_range::<E>(exact) {
                        continue;
                    }
                    let slack = E::MIN_POSITIVE.double() * classes as f64;
                    let expected = Expected { slack, ..Expected::new(exact, ulps) };
                    expected.check(*got, (&what, &row, outcome.level));
                }
            }
        }
    }
}
