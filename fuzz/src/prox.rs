//! Proximal operators of single elements.

use crate::compare::Expected;
use crate::input::not_negative;
use crate::reference::{Double, prox as reference};
use crate::run::{Outcome, Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::prox::WeightedSoftThreshold;
use gradstep_check::catalogue::{self, OperatorEntry};

/// Elements and outputs of a case.
struct Case<E> {
    runner: Runner,
    x: Vec<E>,
    upstream: Vec<E>,
    output: Vec<E>,
}

/// A count as the runner has it.
fn counted(count: usize) -> f64 {
    count as f64
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

    /// All methods of an operator against its definition.
    fn operator<O: OperatorEntry<E>>(&self, operator: O) {
        let Case { runner, x, upstream, output } = self;
        let operation = O::NAME;
        let in_place = runner.run(operation, true, &[], &[x], &|execution, _, out| {
            operator.prox().execution(execution).apply(out[0]).map(|()| 0.0)
        });
        let count = runner.run(operation, true, &[], &[x], &|execution, _, out| {
            operator.prox().execution(execution).apply_and_count(out[0]).map(counted)
        });
        let fits = x.len() == output.len();
        let apart = runner.run(operation, fits, &[x], &[output], &|execution, x, out| {
            operator.prox().execution(execution).apply_into(x[0], out[0]).map(|()| 0.0)
        });
        let apart_count = runner.run(operation, fits, &[x], &[output], &|execution, x, out| {
            operator.prox().execution(execution).apply_into_and_count(x[0], out[0]).map(counted)
        });
        let fits = fits && x.len() == upstream.len();
        let grad = runner.run(operation, fits, &[x, upstream], &[output], &|execution, x, out| {
            operator.prox().execution(execution).backward(x[0], x[1], out[0]).map(|()| 0.0)
        });
        if let (Some(one), Some(other)) = (&in_place, &apart) {
            same(operation, one, other);
        }
        if let (Some(one), Some(other)) = (&count, &apart_count) {
            same(operation, one, other);
        }
        for (plain, count) in in_place.iter().flatten().zip(count.iter().flatten()) {
            let zeros = plain.output().iter().filter(|x| **x == E::ZERO).count();
            assert_eq!(count.value, counted(zeros), "{operation} on {:?}", plain.level);
            let patterns = [plain, count].map(|o| crate::run::patterns(o.output()));
            assert!(patterns[0] == patterns[1], "{operation} on {:?}, counting", plain.level);
        }
        self.check(operation, |i| operator.reference(x[i].to_f64()), in_place);
        let slope = |i: usize| match (x[i].to_f64(), upstream[i].to_f64()) {
            (x, upstream) if x.is_nan() || upstream.is_nan() => Double::NAN,
            (x, upstream) => operator.slope(x, upstream),
        };
        self.check_slopes(operation, slope, grad);
    }

    fn check(
        &self,
        operation: &str,
        value: impl Fn(usize) -> Double,
        outcomes: Option<Vec<Outcome<E>>>,
    ) {
        let ulps = tolerance::ulps(operation, "value", E::FORMAT);
        for outcome in outcomes.iter().flatten() {
            for (i, got) in outcome.output().iter().enumerate() {
                let case = (operation, self.x[i], outcome.level);
                Expected::new(value(i), ulps).check(*got, case);
                assert!(got.bits() != (-E::ZERO).bits(), "{case:?} is -0");
            }
        }
    }

    fn check_slopes(
        &self,
        operation: &str,
        slope: impl Fn(usize) -> Double,
        outcomes: Option<Vec<Outcome<E>>>,
    ) {
        let ulps = tolerance::ulps(operation, "derivative", E::FORMAT);
        for outcome in outcomes.iter().flatten() {
            for (i, got) in outcome.output().iter().enumerate() {
                let case = ("backward", operation, self.x[i], self.upstream[i], outcome.level);
                Expected::new(slope(i), ulps).check(*got, case);
            }
        }
    }
}

macro_rules! listed {
    ($($stem:ident $operator:ident [$E:ident])*) => {
        /// Any of the catalogue.
        pub fn operators<E: Number>(source: &mut Source) {
            let all = [$(operator::<E, catalogue::$operator<E>> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
gradstep_check::operators!(listed);

fn operator<E: Number, O: OperatorEntry<E>>(source: &mut Source) {
    let case = Case::<E>::draw(source);
    if let Some(drawn) = O::draw(&mut || source.strength()) {
        case.operator(drawn);
    }
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
    let count = runner.run(what, fits, &[&lambdas], &[x], &|execution, x, out| {
        let soft = WeightedSoftThreshold::new(x[0])?.execution(execution);
        soft.apply_and_count(out[0]).map(counted)
    });
    for (plain, count) in in_place.iter().flatten().zip(count.iter().flatten()) {
        let zeros = plain.output().iter().filter(|x| **x == E::ZERO).count();
        assert_eq!(count.value, counted(zeros), "{what} on {:?}", plain.level);
    }
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
    let at = |i: usize| (x[i].to_f64(), lambdas[i].to_f64());
    let value = |i| reference::soft_threshold(at(i).0, at(i).1);
    case.check("soft_threshold", value, in_place);
    let slope = |i: usize| {
        reference::soft_threshold_backward(at(i).0, at(i).1, upstream[i].to_f64()).into()
    };
    case.check_slopes("soft_threshold", slope, grad);
}
