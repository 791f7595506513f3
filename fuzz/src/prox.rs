//! Soft-threshold, with one threshold and with one of each element.

use crate::compare::Expected;
use crate::input::not_negative;
use crate::reference::prox as reference;
use crate::run::{Outcome, Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::prox::{SoftThreshold, WeightedSoftThreshold, soft_threshold as free};

/// Elements and outputs of a case.
struct Case<E> {
    runner: Runner,
    x: Vec<E>,
    upstream: Vec<E>,
    output: Vec<E>,
}

impl<E: Number> Case<E> {
    fn draw(source: &mut Source) -> Self {
        let runner = Runner { offsets: source.offsets(), needs_fusion: false };
        let n = source.len();
        let mut slice = || {
            let n = source.near(n);
            source.slice(n)
        };
        Case { runner, x: slice(), upstream: slice(), output: slice() }
    }

    /// Results and derivatives against the definition, with the threshold of each
    /// element.
    fn check(
        &self,
        operation: &str,
        lambda: impl Fn(usize) -> E,
        shrunk: Option<Vec<Outcome<E>>>,
        grad: Option<Vec<Outcome<E>>>,
    ) {
        let ulps = tolerance::ulps("soft_threshold", "value", E::FORMAT);
        for outcome in shrunk.iter().flatten() {
            for (i, got) in outcome.output().iter().enumerate() {
                let (x, lambda) = (self.x[i], lambda(i));
                let case = (operation, x, lambda, outcome.level);
                let exact = reference::soft_threshold(x.to_f64(), lambda.to_f64());
                Expected::new(exact, ulps).check(*got, case);
                assert!(got.bits() != (-E::ZERO).bits(), "{case:?} is -0");
            }
        }
        for outcome in grad.iter().flatten() {
            for (i, got) in outcome.output().iter().enumerate() {
                let (x, lambda, upstream) = (self.x[i], lambda(i), self.upstream[i]);
                let (wide_x, wide_lambda) = (x.to_f64(), lambda.to_f64());
                let exact =
                    reference::soft_threshold_backward(wide_x, wide_lambda, upstream.to_f64());
                let expected = E::from_f64(exact);
                let case = (operation, x, lambda, upstream, outcome.level);
                assert_eq!(got.pattern(), expected.pattern(), "backward {case:?}: {got:?}");
            }
        }
    }
}

pub fn soft_threshold<E: Number>(source: &mut Source) {
    let case = Case::<E>::draw(source);
    let Case { runner, x, upstream, output } = &case;
    let lambda = source.strength::<E>();
    let accepted = lambda >= E::ZERO;
    let what = format!("soft_threshold by {lambda:?}");
    let soft = |execution| Ok(SoftThreshold::new(lambda)?.execution(execution));
    let in_place = runner.run(&what, accepted, &[], &[x], &|execution, _, out| {
        soft(execution)?.apply(out[0]);
        Ok(0.0)
    });
    let best =
        runner.run(&what, accepted, &[], &[x], &|_, _, out| free(out[0], lambda).map(|()| 0.0));
    let fits = accepted && x.len() == output.len();
    let shrunk = runner.run(&what, fits, &[x], &[output], &|execution, x, out| {
        soft(execution)?.apply_into(x[0], out[0]).map(|()| 0.0)
    });
    let fits = fits && x.len() == upstream.len();
    let grad = runner.run(&what, fits, &[x, upstream], &[output], &|execution, x, out| {
        soft(execution)?.backward(x[0], x[1], out[0]).map(|()| 0.0)
    });
    if let (Some(in_place), Some(shrunk)) = (&in_place, &shrunk) {
        same(&what, in_place, shrunk);
    }
    if let (Some(in_place), Some(best)) = (&in_place, &best) {
        same(&what, in_place, best);
    }
    case.check("soft_threshold", |_| lambda, in_place, grad);
}

pub fn weighted_soft_threshold<E: Number>(source: &mut Source) {
    let case = Case::<E>::draw(source);
    let Case { runner, x, upstream, output } = &case;
    let n = source.near(x.len());
    let admit = |lambda: E| if lambda.is_nan() { E::ONE } else { not_negative(lambda) };
    let lambdas = source.admitted(n, admit);
    let accepted = lambdas.iter().all(|lambda| *lambda >= E::ZERO);
    let what = "weighted_soft_threshold";
    let fits = accepted && lambdas.len() == x.len();
    let in_place = runner.run(what, fits, &[&lambdas], &[x], &|execution, x, out| {
        WeightedSoftThreshold::new(x[0])?.execution(execution).apply(out[0]).map(|()| 0.0)
    });
    let fits = fits && lambdas.len() == output.len();
    let shrunk = runner.run(what, fits, &[&lambdas, x], &[output], &|execution, x, out| {
        let soft = WeightedSoftThreshold::new(x[0])?.execution(execution);
        soft.apply_into(x[1], out[0]).map(|()| 0.0)
    });
    let fits = fits && lambdas.len() == upstream.len();
    let columns: [&[E]; 3] = [&lambdas, x, upstream];
    let grad = runner.run(what, fits, &columns, &[output], &|execution, x, out| {
        let soft = WeightedSoftThreshold::new(x[0])?.execution(execution);
        soft.backward(x[1], x[2], out[0]).map(|()| 0.0)
    });
    if let (Some(in_place), Some(shrunk)) = (&in_place, &shrunk) {
        same(what, in_place, shrunk);
    }
    case.check(what, |i| lambdas[i], in_place, grad);
}
