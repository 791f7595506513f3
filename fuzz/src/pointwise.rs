//! Losses of one prediction and one target: all methods, weights, reductions.

use crate::input::{divides, into_unit, not_negative};
use crate::reference::{Double, ulp};
use crate::run::{Outcome, Runner, same_outputs};
use crate::{Number, Source, tolerance};
use gradstep::loss::{Loss, Pointwise};
use gradstep::{Error, Reduction, kernels::ops};
use gradstep_check::catalogue::{self, LossEntry};

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// Any of the catalogue.
        pub fn losses<E: Number>(source: &mut Source) {
            let all = [$(run::<E, catalogue::$loss $(<$E>)?> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
gradstep_check::losses!(listed);

/// The inputs of a case.
pub(crate) struct Case<'c, E> {
    pub(crate) what: String,
    runner: Runner,
    /// Prediction, target, upstream, weights.
    pub(crate) columns: [&'c [E]; 4],
    pub(crate) weighted: bool,
    reduction: Reduction,
}

/// A loss and what it is asked for.
pub(crate) struct Drawn<E, F> {
    pub(crate) formula: F,
    runner: Runner,
    columns: [Vec<E>; 4],
    /// What outputs are before.
    pub(crate) output: Vec<E>,
    weighted: bool,
    reduction: Reduction,
}

impl<E: Number, F: LossEntry<E>> Drawn<E, F> {
    /// None where the parameters are refused.
    pub(crate) fn draw(source: &mut Source) -> Option<Self> {
        let formula = F::draw(&mut || source.strength())?;
        let n = source.len();
        let mut column = |unit: bool| {
            let n = source.near(n);
            source.admitted(n, if unit { into_unit } else { |x| x })
        };
        let (mut prediction, mut target, upstream) =
            (column(F::UNIT[0]), column(F::UNIT[1]), column(false));
        // Not all of them: what is refused is checked, too.
        if source.below(4) > 0 {
            for (p, t) in prediction.iter_mut().zip(&mut target) {
                (*p, *t) = formula.admit(*p, *t);
            }
        }
        let n = source.near(n);
        let weights = source.admitted(n, not_negative);
        let n = source.near(prediction.len());
        let output = source.slice(n);
        let runner = Runner { offsets: source.offsets(), needs_fusion: F::NEEDS_FUSION };
        let columns = [prediction, target, upstream, weights];
        let (weighted, reduction) = (source.flag(), source.reduction());
        Some(Drawn { formula, runner, columns, output, weighted, reduction })
    }

    pub(crate) fn case(&self) -> Case<'_, E> {
        let Self { formula, runner, columns, weighted, reduction, .. } = self;
        let [prediction, target, upstream, weights] = columns;
        Case {
            what: format!("{formula:?}"),
            runner: *runner,
            columns: [prediction, target, upstream, weights],
            weighted: *weighted,
            reduction: *reduction,
        }
    }
}

fn run<E: Number, F: LossEntry<E>>(source: &mut Source) {
    let Some(drawn) = Drawn::<E, F>::draw(source) else { return };
    let (formula, output, case) = (drawn.formula, &drawn.output, drawn.case());
    let [prediction, _, upstream, _] = case.columns;
    let fits = case.fits::<F>();
    let len = |x: &[E]| x.len() == prediction.len();
    let loss = case.run(formula, fits, &[], |loss, x, _| loss.loss(x[0], x[1]));
    let grad = case.run(formula, fits && len(output), &[output], |loss, x, out| {
        loss.loss_and_grad(x[0], x[1], out[0])
    });
    let in_place = case.run(formula, fits, &[prediction], |loss, x, out| {
        loss.loss_and_grad_in_place(out[0], x[1])
    });
    let values = case.run(formula, fits && len(output), &[output], |loss, x, out| {
        loss.losses(x[0], x[1], out[0]).map(|()| 0.0)
    });
    let backward = fits && len(output) && len(upstream);
    let backward = case.run(formula, backward, &[output], |loss, x, out| {
        loss.backward(x[0], x[1], x[2], out[0]).map(|()| 0.0)
    });
    if let (Some(loss), Some(in_place)) = (&loss, &in_place) {
        for (loss, in_place) in loss.iter().zip(in_place) {
            // A sum beyond `f32` is infinite in place.
            let is_beyond = loss.value.is_finite() && !in_place.value.is_finite();
            let same = loss.value.pattern() == in_place.value.pattern();
            assert!(same || is_beyond, "{} in place: {loss:?} {in_place:?}", case.what);
        }
    }
    if let (Some(grad), Some(in_place)) = (&grad, &in_place) {
        same_outputs(&format!("{} in place", case.what), grad, in_place);
    }
    if let (Some(loss), Some(grad), Some(values)) = (loss, grad, values) {
        let [plain, slopes] = case.elements(formula);
        case.check_weights(&plain, &values);
        if case.is_extreme(&values) {
            return; // other paths, which tests of these ends know
        }
        case.check_sums(formula, &loss, &values);
        case.check_slopes::<F>(&slopes, &grad, backward.as_deref());
    }
}

impl<E: Number> Case<'_, E> {
    /// Whether the methods must not refuse, outputs aside.
    pub(crate) fn fits<F: LossEntry<E>>(&self) -> bool {
        let [prediction, target, _, weights] = self.columns;
        let weights_fit = weights.len() == prediction.len()
            && weights.iter().all(|w| *w >= E::ZERO && w.finite());
        let total: f64 = weights.iter().map(|w| w.to_f64()).sum();
        let weights_fit =
            weights_fit && (self.reduction != Reduction::WeightedMean || total.is_finite());
        let within = |x: &[E], domain: Option<(E, E)>| {
            let (low, high) = domain.unwrap_or((-E::INFINITY, E::INFINITY));
            !x.iter().any(|x| *x < low || *x > high)
        };
        prediction.len() == target.len()
            && (!self.weighted || weights_fit)
            && within(prediction, F::Formula::DOMAIN)
            && within(target, F::Formula::TARGETS)
            && divides(self.reduction)
    }

    pub(crate) fn run<F: LossEntry<E>>(
        &self,
        formula: F,
        accepted: bool,
        outputs: &[&[E]],
        method: impl Fn(&Loss<'_, E, F::Formula>, &[&[E]], &mut [&mut [E]]) -> Result<f64, Error>,
    ) -> Option<Vec<Outcome<E>>> {
        self.runner.run(&self.what, accepted, &self.columns, outputs, &|execution, x, out| {
            let loss = formula.loss().reduction(self.reduction).execution(execution);
            method(&if self.weighted { loss.weights(x[3]) } else { loss }, x, out)
        })
    }

    /// Values and derivatives without weights, within their tolerances.
    fn elements<F: LossEntry<E>>(&self, formula: F) -> [Vec<Outcome<E>>; 2] {
        let [prediction, target, ..] = self.columns;
        let ones = vec![E::ONE; prediction.len()];
        let columns = [prediction, target, &ones, &[]];
        let plain = Case { what: self.what.clone(), weighted: false, columns, ..*self };
        let values = plain.run(formula, true, &[&ones], |loss, x, out| {
            loss.losses(x[0], x[1], out[0]).map(|()| 0.0)
        });
        let slopes = plain.run(formula, true, &[&ones], |loss, x, out| {
            loss.backward(x[0], x[1], x[2], out[0]).map(|()| 0.0)
        });
        let both = [values, slopes].map(|outcomes| outcomes.expect("accepted"));
        for (i, (p, t)) in prediction.iter().zip(target).enumerate() {
            let Some(expected) = formula.exact(*p, *t) else { continue };
            for (output, (outcomes, expected)) in
                ["value", "derivative"].iter().zip(both.iter().zip(expected))
            {
                for outcome in outcomes {
                    let (got, case) = (outcome.output()[i], (formula, p, t, output, outcome.level));
                    assert!(expected.allows(got), "{case:?}: {got:?} instead of {expected:?}");
                }
            }
        }
        both
    }

    /// The same without weights.
    pub(crate) fn without_weights(&self) -> Self {
        Case { what: self.what.clone(), weighted: false, ..*self }
    }

    pub(crate) fn weight(&self, i: usize, x: E) -> E {
        if self.weighted { x * self.columns[3][i] } else { x }
    }

    /// A weight is one product.
    fn check_weights(&self, plain: &[Outcome<E>], values: &[Outcome<E>]) {
        for (plain, values) in plain.iter().zip(values) {
            for (i, (plain, value)) in plain.output().iter().zip(values.output()).enumerate() {
                let expected = self.weight(i, *plain);
                let what = (&self.what, i, plain, values.level);
                assert_eq!(value.pattern(), expected.pattern(), "{what:?}: {value:?}");
            }
        }
    }

    /// Whether a factor is so far from 1 that products with it take care, or a sum does.
    pub(crate) fn is_extreme(&self, values: &[Outcome<E>]) -> bool {
        let [up, down] = E::HALF_WAY_POW2;
        let scale = E::from_f64(self.denominator(&values[0]).recip());
        let sum: f64 = values[0].output().iter().map(|x| x.to_f64()).sum();
        !(scale >= down && scale <= up && sum.is_finite() && sum < E::largest().to_f64())
            || self.weighted && self.columns[3].iter().any(|w| *w > up)
    }

    /// What a level divides by.
    fn denominator(&self, outcome: &Outcome<E>) -> f64 {
        let n = self.columns[0].len() as f64;
        match self.reduction {
            Reduction::WeightedMean if self.weighted => {
                outcome.level.dispatch(ops::Sum { x: self.columns[3] })
            }
            Reduction::Mean | Reduction::WeightedMean => n,
            Reduction::DivideBy(x) => x,
            _ => 1.0,
        }
    }

    /// The loss is the sum of the values, divided.
    fn check_sums<F: LossEntry<E>>(&self, formula: F, loss: &[Outcome<E>], values: &[Outcome<E>]) {
        let sum =
            Case { what: format!("sum of {}", self.what), reduction: Reduction::Sum, ..*self };
        let sum = sum.run(formula, true, &[], |loss, x, _| loss.loss(x[0], x[1]));
        for ((sum, loss), values) in sum.expect("accepted").iter().zip(loss).zip(values) {
            let expected = sum.value / self.denominator(loss);
            let what = format!("{} {:?} on {:?}", self.what, self.reduction, loss.level);
            assert_eq!(loss.value.pattern(), expected.pattern(), "{what}");
            check_sum(sum.value, values.output(), &what);
        }
    }

    /// An upstream factor is one product, and so is the denominator.
    fn check_slopes<F: LossEntry<E>>(
        &self,
        slopes: &[Outcome<E>],
        grad: &[Outcome<E>],
        backward: Option<&[Outcome<E>]>,
    ) {
        for (k, slopes) in slopes.iter().enumerate() {
            let denominator = self.denominator(slopes);
            let scale = if denominator == 0.0 { E::ZERO } else { E::from_f64(denominator.recip()) };
            for (i, slope) in slopes.output().iter().enumerate() {
                // The constant factor of all derivatives comes last, and no weight leaves +0.
                let factor = F::Formula::FACTOR;
                let slope = self.weight(i, *slope / factor);
                let zero = if self.weighted { E::ZERO } else { -E::ZERO };
                let got = grad[k].output()[i];
                let what = (&self.what, i, slope, slopes.level);
                let expected = slope * (scale * factor) + zero;
                assert_eq!(got.pattern(), expected.pattern(), "{what:?}: {got:?} {scale:?}");
                if let Some(backward) = backward {
                    let (got, upstream) = (backward[k].output()[i], self.columns[2][i]);
                    let expected = (slope + zero) * upstream * factor;
                    assert_eq!(got.pattern(), expected.pattern(), "{what:?}: {got:?} {upstream:?}");
                }
            }
        }
    }
}

/// A sum of the kernels against that of exact arithmetic.
pub fn check_sum<E: Number>(got: f64, terms: &[E], what: &str) {
    let exact: Double = terms.iter().map(|x| x.double()).sum();
    let finite = terms.iter().filter(|x| x.finite());
    let magnitude: Double = finite.map(|x| x.double().abs()).sum();
    if !exact.is_nan() && magnitude >= E::largest().to_f64() * 0.5 {
        return; // lanes may overflow
    }
    let error = ulp::error_at(got, exact, magnitude, crate::reference::Format::F64);
    let bound = tolerance::worst_sum(E::FORMAT) * 2f64.powi(53);
    assert!(error <= bound, "{what}: sum {got:e} instead of {:e}", exact.to_f64());
}
