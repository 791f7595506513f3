//! Softmax cross-entropy: any number of classes, any targets of every type, every
//! option.

mod grad_hess;
mod outputs;
mod positions;
mod z_loss;

use crate::compare::{Expected, in_range};
use crate::input::divides;
use crate::reference::cross_entropy::{self as reference, Row};
use crate::reference::{Double, ulp};
use crate::run::{Outcome, Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::kernels::Target;
use gradstep::loss::{AnyTarget, CrossEntropy};
use gradstep::{EmptyMean, Execution, Reduction};

/// On both sides of the longest row that lies in lanes.
const CLASSES: usize = 70;
/// More than two batches of rows.
const ROWS: usize = 140;
/// Keeps the reference quick.
const LOGITS: usize = 700;

/// A case with targets of one type.
struct Case<E, T> {
    runner: Runner,
    classes: usize,
    rows: usize,
    logits: Vec<E>,
    targets: Vec<T>,
    /// The targets, if they are classes.
    said: Option<Vec<i128>>,
    /// The targets, if they are probabilities.
    probabilities: Vec<E>,
    weights: Option<Vec<E>>,
    row_weights: Option<Vec<E>>,
    smoothing: f64,
    z_loss: f64,
    upstream: Vec<E>,
    /// What outputs of rows and of classes hold before.
    outputs: [Vec<E>; 2],
    ignore: Option<i64>,
    reduction: Reduction,
    empty_mean: EmptyMean,
}

pub fn cross_entropy<E: Number>(source: &mut Source) {
    macro_rules! of_type {
        ($integer:ident) => {{
            let case = Case::<E, $integer>::draw_classes(source, |x| x as $integer);
            case.run();
            case.run_grad_hess(source);
        }};
    }
    match source.below(9) {
        0 => of_type!(u8),
        1 => of_type!(u16),
        2 => of_type!(u32),
        3 => of_type!(u64),
        4 => of_type!(usize),
        5 => of_type!(i32),
        6 => of_type!(i64),
        _ => Case::<E, E>::draw_probabilities(source).run(),
    }
}

impl<E: Number, T: Target> Case<E, T> {
    fn draw_classes(source: &mut Source, of_type: impl Fn(i64) -> T) -> Self {
        let ignore = match source.below(3) {
            0 => None,
            1 => Some(source.bits() as i64),
            _ => Some([-100, -1, 255, 0, i64::MIN][source.below(5)]),
        };
        let wild = source.rarely();
        let mut case = Self::draw(source, |source, classes, rows| {
            let target = |source: &mut Source| match (source.below(16), ignore) {
                (0, Some(index)) => index,
                (1, _) if wild => source.bits() as i64,
                _ => source.below(classes) as i64,
            };
            (0..rows).map(|_| of_type(target(source))).collect()
        });
        case.said = Some(case.targets.iter().map(|target| target.to_i128()).collect());
        case.ignore = ignore;
        case
    }
}

impl<E: Number> Case<E, E> {
    fn draw_probabilities(source: &mut Source) -> Self {
        let mut case = Self::draw(source, |source, classes, rows| {
            let share = |source: &mut Source| match source.below(4) {
                0 => 0.0,
                1 => 1.0,
                _ => source.below(1025) as f64 / 1024.0,
            };
            (0..rows * classes).map(|_| E::from_f64(share(source))).collect()
        });
        case.probabilities.clone_from(&case.targets);
        case
    }
}

impl<E: Number, T: AnyTarget<E>> Case<E, T> {
    fn draw(
        source: &mut Source,
        targets: impl FnOnce(&mut Source, usize, usize) -> Vec<T>,
    ) -> Self {
        assert!(CrossEntropy::<E>::new(0).is_err());
        let runner = Runner { offsets: source.offsets(), needs_fusion: true };
        let classes = 1 + source.below(CLASSES);
        let rows = source.below(ROWS.min(LOGITS / classes) + 1);
        let n = source.near(rows * classes);
        let logits = source.slice(n);
        let targets = targets(source, classes, rows);
        let weight = |source: &mut Source| E::from_f64(source.below(65) as f64 / 16.0);
        let weights =
            (source.below(3) == 0).then(|| (0..classes).map(|_| weight(source)).collect());
        let row_weights =
            (source.below(3) == 0).then(|| (0..rows).map(|_| weight(source)).collect());
        let smoothing = [0.0, 0.0, 0.125, 1.0][source.below(4)];
        let z_loss = [0.0, 0.0, 0.0, 0.25][source.below(4)];
        let mut slice = |n| {
            let n = source.near(n);
            source.slice(n)
        };
        let (upstream, outputs) = (slice(rows), [slice(rows), slice(n)]);
        let reduction = source.reduction();
        let empty_mean = [EmptyMean::Nan, EmptyMean::Zero, EmptyMean::Error][source.below(3)];
        Case {
            runner,
            classes,
            rows,
            logits,
            targets,
            said: None,
            probabilities: Vec::new(),
            weights,
            row_weights,
            smoothing,
            z_loss,
            upstream,
            outputs,
            ignore: None,
            reduction,
            empty_mean,
        }
    }

    fn options(&self, execution: Execution) -> CrossEntropy<'_, E> {
        let options = CrossEntropy::new(self.classes).expect("classes");
        let options = options.reduction(self.reduction).empty_mean(self.empty_mean);
        let options = options.label_smoothing(self.smoothing).expect("a share");
        let options = options.z_loss(self.z_loss).expect("a factor");
        let options = options.execution(execution);
        let options = match &self.weights {
            Some(weights) => options.class_weights(weights).expect("weights"),
            None => options,
        };
        let options = match &self.row_weights {
            Some(weights) => options.row_weights(weights).expect("weights"),
            None => options,
        };
        self.ignore.map_or(options, |index| options.ignore_index(index))
    }

    fn row_weight(&self, row: usize) -> f64 {
        self.row_weights.as_ref().map_or(1.0, |weights| weights[row].to_f64())
    }

    fn what(&self) -> String {
        format!("{:?} {:?}", self.options(Execution::new()), self.said)
    }

    fn is_ignored(&self, target: i128) -> bool {
        self.ignore.is_some_and(|index| i128::from(index) == target)
    }

    /// The weight of the rows that count, if all targets are classes or ignored.
    fn counted(&self) -> Option<f64> {
        let all = (0..self.rows).map(|row| self.row_weight(row));
        let Some(said) = &self.said else { return Some(all.sum()) };
        let rows = said.iter().zip(all).filter(|(target, _)| !self.is_ignored(**target));
        let weight = |(target, of_row): (&i128, f64)| {
            let class = usize::try_from(*target).ok().filter(|class| *class < self.classes)?;
            let of_class = self.weights.as_ref().map_or(1.0, |weights| weights[class].to_f64());
            Some(of_class * of_row)
        };
        rows.map(weight).sum()
    }

    fn run(&self) {
        let Self { runner, logits, targets, upstream, .. } = self;
        let what = self.what();
        let counted = self.counted();
        let rows = self.rows;
        let fits =
            logits.len() == rows * self.classes && counted.is_some() && divides(self.reduction);
        let is_mean = matches!(self.reduction, Reduction::Mean | Reduction::WeightedMean);
        let empty = is_mean && counted == Some(0.0);
        let mean = fits && !(empty && self.empty_mean == EmptyMean::Error);
        let [of_rows, of_classes] = [&self.outputs[0][..], &self.outputs[1]];
        let same_classes = of_classes.len() == logits.len();

        let loss = runner.run(&what, mean, &[logits], &[], &|execution, x, _| {
            self.options(execution).loss(x[0], targets)
        });
        let grad = mean && same_classes;
        let grad = runner.run(&what, grad, &[logits], &[of_classes], &|execution, x, out| {
            self.options(execution).loss_and_grad(x[0], targets, out[0])
        });
        let in_place = runner.run(&what, mean, &[], &[logits], &|execution, _, out| {
            self.options(execution).loss_and_grad_in_place(out[0], targets)
        });
        let losses = fits && of_rows.len() == rows;
        let losses = runner.run(&what, losses, &[logits], &[of_rows], &|execution, x, out| {
            self.options(execution).losses(x[0], targets, out[0]).map(|()| 0.0)
        });
        let back = fits && same_classes && upstream.len() == rows;
        let columns: [&[E]; 2] = [logits, upstream];
        let back = runner.run(&what, back, &columns, &[of_classes], &|execution, x, out| {
            self.options(execution).backward(x[0], targets, x[1], out[0]).map(|()| 0.0)
        });

        if let (Some(grad), Some(in_place)) = (&grad, &in_place) {
            same(&format!("in place, {what}"), grad, in_place);
        }
        if let (Some(loss), Some(in_place)) = (&loss, &in_place) {
            for (loss, in_place) in loss.iter().zip(in_place) {
                assert_eq!(loss.value.pattern(), in_place.value.pattern(), "in place, {what}");
            }
        }
        if !fits {
            return;
        }
        if mean {
            self.check_outputs(&what, losses.as_deref());
        }
        self.check_positions(losses.as_deref(), back.as_deref());
        let references = self.references();
        self.check_losses(&what, &references, losses);
        let counted = counted.unwrap_or_default();
        let denominator = match self.reduction {
            Reduction::Sum => 1.0,
            Reduction::DivideBy(x) => x,
            _ => counted,
        };
        self.check_loss(&what, &references, loss, denominator);
        let ones = vec![E::ONE; rows];
        let reciprocal = if empty { 0.0 } else { denominator.recip() };
        self.check_grad(&what, &references, grad, &ones, reciprocal);
        self.check_grad(&what, &references, back, upstream, 1.0);
    }

    fn references(&self) -> Vec<Row> {
        let weights: Option<Vec<f64>> =
            self.weights.as_ref().map(|weights| weights.iter().map(|w| w.to_f64()).collect());
        let options = reference::Options {
            class_weights: weights.as_deref(),
            label_smoothing: self.smoothing,
            ignore_index: Some(-1),
            z_loss: self.z_loss,
        };
        let row = |r: usize| {
            let f64s = |x: &[E]| x.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
            let place = r * self.classes..(r + 1) * self.classes;
            let q = f64s(self.probabilities.get(place).unwrap_or_default());
            let target = match &self.said {
                Some(said) if self.is_ignored(said[r]) => reference::Target::Index(-1),
                Some(said) => reference::Target::Index(said[r]),
                None => reference::Target::Probabilities(&q),
            };
            reference::row(&f64s(self.row(r)), target, &options).weighted(self.row_weight(r))
        };
        (0..self.rows).map(row).collect()
    }

    /// Whether no product of the row leaves the type on its way.
    fn is_moderate(&self, r: usize) -> bool {
        // A loss beyond the type is infinite, unless a weight brings it back.
        let weighted = self.weights.is_some() || self.row_weights.is_some();
        let plain = self.smoothing == 0.0 && self.z_loss == 0.0 && self.said.is_some() && !weighted;
        let limit = if self.z_loss == 0.0 { 1e30 } else { 1e15 };
        plain || self.row(r).iter().all(|x| !x.finite() || x.to_f64().abs() < limit)
    }

    /// Shares of a maximum below the smallest normal number may be lost.
    fn slack(&self) -> Double {
        // Weights of rows are at most 4.
        let most = if self.row_weights.is_some() { 32.0 } else { 8.0 };
        E::MIN_POSITIVE.double() * self.classes as f64 * most
    }

    fn check_losses(&self, what: &str, rows: &[Row], losses: Option<Vec<Outcome<E>>>) {
        let ulps = tolerance::ulps("cross_entropy", "loss of a row", E::FORMAT);
        for outcome in losses.iter().flatten() {
            for (r, (row, got)) in rows.iter().zip(outcome.output()).enumerate() {
                if !self.is_moderate(r) {
                    continue;
                }
                let slack = self.slack() + self.slack_of_z(r, row)[0];
                let expected = Expected { slack, ..Expected::new(row.loss, ulps) };
                expected.check(*got, (what, r, self.row(r), outcome.level));
                assert!(!row.ignored || got.bits() == 0, "{what}: row {r} is ignored, {got:?}");
            }
        }
    }

    fn row(&self, r: usize) -> &[E] {
        &self.logits[r * self.classes..(r + 1) * self.classes]
    }

    fn check_loss(
        &self,
        what: &str,
        rows: &[Row],
        loss: Option<Vec<Outcome<E>>>,
        denominator: f64,
    ) {
        let ulps = tolerance::ulps("cross_entropy", "loss of a batch", E::FORMAT);
        let sum: Double = rows.iter().map(|row| row.loss).sum();
        let of_z = rows.iter().enumerate().map(|(r, row)| self.slack_of_z(r, row)[0]);
        let slack = self.slack() * rows.len() as f64 + of_z.sum::<Double>();
        let slack = slack / denominator;
        if !in_range::<E>(sum) || !(0..rows.len()).all(|r| self.is_moderate(r)) {
            return;
        }
        for outcome in loss.iter().flatten() {
            let got = outcome.value;
            if denominator == 0.0 {
                let zero = self.empty_mean == EmptyMean::Zero;
                assert!(if zero { got == 0.0 } else { got.is_nan() }, "{what}: {got}");
                continue;
            }
            let exact = sum / denominator;
            let error = ulp::error(got, exact, crate::reference::Format::F64);
            // ULPs of the type, in those of f64.
            let bound = ulps * 2f64.powi(53 - E::FORMAT.precision()) + 1.0;
            let slack = (slack / ulp::unit(exact, crate::reference::Format::F64)).to_f64();
            let level = outcome.level;
            assert!(
                error <= bound + slack,
                "{what} on {level:?}: {got:e} instead of {:e}, {error}",
                exact.to_f64()
            );
        }
    }

    /// Gradients that are multiplied by a factor of the batch and one of the row.
    fn check_grad(
        &self,
        what: &str,
        rows: &[Row],
        grad: Option<Vec<Outcome<E>>>,
        upstream: &[E],
        reciprocal: f64,
    ) {
        let has_shares = self.smoothing != 0.0 || self.said.is_none();
        let output = if has_shares { "gradient of shares" } else { "gradient" };
        let ulps = tolerance::ulps("cross_entropy", output, E::FORMAT);
        let reciprocal = Double::from(reciprocal);
        for outcome in grad.iter().flatten() {
            for (i, got) in outcome.output().iter().enumerate() {
                let r = i / self.classes;
                let (row, upstream) = (&rows[r], upstream[r].double());
                if row.ignored {
                    assert_eq!(got.bits(), 0, "{what}: row {r} is ignored, {got:?}");
                    continue;
                }
                // Factors that no intermediate result carries out of the type.
                let factor = upstream * reciprocal;
                let size = factor.abs();
                if !(size > 2f64.powi(-60) && size < 2f64.powi(60) && self.is_moderate(r)) {
                    continue;
                }
                let exact = row.grad[i % self.classes] * factor;
                // The slope's share of a class is at most 1.
                let slack = self.slack() * (size + 1.0) + self.slack_of_z(r, row)[1] * size;
                let magnitude = row.terms[i % self.classes] * size;
                let expected = Expected { slack, magnitude, ..Expected::new(exact, ulps) };
                let place = (r, i % self.classes, self.row(r), outcome.level);
                expected.check(*got, (what, place, factor.to_f64()));
            }
        }
    }
}
