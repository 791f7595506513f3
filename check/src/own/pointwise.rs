//! A loss of one prediction and one target.

use super::second::{self, Formula};
use crate::Outcome;
use crate::laws::pointwise::{self as laws, Elements, PointwiseLoss};
use crate::numbers::{Number, Random, simple_pairs};
use crate::report::Report;
use gradstep::Level;
use gradstep::kernels::Isa;
use gradstep::kernels::ops::Evaluate;
use gradstep::loss::{Loss, Pointwise};
use std::fmt::{self, Debug, Formatter};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Checks a loss of your own, a [`Pointwise`] formula: see [`PointwiseCheck`].
///
/// # Examples
///
/// A wrong derivative, and what is said of it:
///
/// ```
/// use gradstep::Element;
/// use gradstep::kernels::Isa;
/// use gradstep::loss::Pointwise;
///
/// /// `(prediction - target)^2`, and half of its derivative.
/// #[derive(Clone, Copy, Debug)]
/// struct Wrong;
///
/// impl<E: Element> Pointwise<E> for Wrong {
///     #[inline(always)]
///     fn value_and_derivative<I: Isa>(
///         self,
///         prediction: E::Lanes<I>,
///         target: E::Lanes<I>,
///     ) -> (E::Lanes<I>, E::Lanes<I>) {
///         let d = prediction - target;
///         (d * d, d)
///     }
/// }
///
/// let report = gradstep_check::pointwise(Wrong).run().unwrap_err();
/// let failure = &report.failures()[0];
/// assert_eq!(failure.law(), "the derivative is the slope of the value");
/// assert_eq!(failure.input(), [("prediction", 1.0), ("target", 0.0)]);
/// ```
pub fn pointwise<P>(formula: P) -> PointwiseCheck<P> {
    let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
    PointwiseCheck { formula, ranges: [everywhere; 2], second: None }
}

/// A check of a loss of one prediction and one target.
///
/// * The derivative is the slope of the value, by finite differences; at a kink any slope
///   between those of its sides will do.
/// * Value and derivative are those of a second formula, if there is one, on ordinary
///   numbers and on zeros, subnormals, the largest numbers and infinities.
/// * All methods give the same bits: in place or not, one element or many, the value alone
///   or with its derivative.
/// * NaN in an argument is NaN in its result, and in no other.
/// * An element's result does not depend on its neighbours, on lengths from 0 to 257, on
///   alignment; nothing else is read or written.
/// * Levels that fuse agree to the bit, and so do any number of threads.
///
/// Everything is checked on every level of this machine. A run takes seconds in a debug
/// build and less in a release.
#[derive(Clone)]
pub struct PointwiseCheck<P> {
    formula: P,
    /// Of predictions and targets.
    ranges: second::Ranges<2>,
    second: Option<Formula>,
}

impl<P> PointwiseCheck<P> {
    /// Where predictions are checked for slopes, and against a second formula: all numbers
    /// by default, drawn from -4 to 4. What the loss refuses by
    /// [`DOMAIN`](Pointwise::DOMAIN) or [`TARGETS`](Pointwise::TARGETS) is left out anyway.
    ///
    /// ```
    /// use gradstep::kernels::ops::BinaryCrossEntropy;
    ///
    /// // Of probabilities from 0.01 to 0.99 alone.
    /// let loss = BinaryCrossEntropy { low: 0.01f32, high: 0.99, floor: 0.0 };
    /// let check = gradstep_check::pointwise(loss).predictions(0.01..=0.99).targets(0.0..=1.0);
    /// check.run_in::<f32>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn predictions(mut self, range: RangeInclusive<f64>) -> Self {
        self.ranges[0] = range.into_inner();
        self
    }

    /// Where targets are: all numbers by default, drawn from -4 to 4. See
    /// [`predictions`](Self::predictions).
    #[must_use]
    pub fn targets(mut self, range: RangeInclusive<f64>) -> Self {
        self.ranges[1] = range.into_inner();
        self
    }

    /// Compares with a second formula, written by hand in `f64`: value and derivative by
    /// prediction and target, to within 64 ULP of the largest of 1 and both numbers. Where
    /// it gives NaN or overflows, it is not asked.
    ///
    /// ```
    /// use gradstep::kernels::ops::Mse;
    ///
    /// gradstep_check::pointwise(Mse).against(|p, t| ((p - t) * (p - t), 2.0 * (p - t))).run()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn against(
        mut self,
        second: impl Fn(f64, f64) -> (f64, f64) + Send + Sync + 'static,
    ) -> Self {
        self.second =
            Some(Arc::new(move |row: &[f64]| <[f64; 2]>::from(second(row[0], row[1])).into()));
        self
    }

    super::runs!(
        P: Pointwise;
        "let check = gradstep_check::pointwise(gradstep::kernels::ops::Huber { delta: 1.5f32 });"
    );

    fn laws<E: Number>(&self, report: &mut Report)
    where
        P: Pointwise<E> + Debug + 'static,
    {
        let own = Own { formula: self.formula, ranges: self.ranges };
        let name = |law: &str| format!("{law} in {}", E::FORMAT);
        report.law(
            &name("the derivative is the slope of the value"),
            laws::derivative_is_the_slope::<E, _>(own),
        );
        if let Some(second) = &self.second {
            let law = name("value and derivative are those of the second formula");
            report.law(&law, agrees::<E, P>(own, second));
        }
        report.law(&name("all methods give the same bits"), laws::methods_agree::<E, _>(own));
        let costly = Own { formula: Costly(self.formula), ranges: self.ranges };
        super::elements::<E, _, _>(report, Elements(own), Elements(costly));
    }
}

/// Level by level.
fn agrees<E: Number, P: Pointwise<E> + Debug + 'static>(own: Own<P>, second: &Formula) -> Outcome {
    let mut random = Random::new(7);
    let mut rows = simple_pairs::<E>();
    rows.extend(second::specials::<E, 2>(own.ranges));
    rows.extend((0..2000).map(|_| <[E; 2]>::from(own.ordinary(&mut random))));
    rows.retain(|row| laws::AnyLoss::takes(&own, *row));
    for level in Level::available() {
        let what = format!("{own:?} in {} on {level:?}", E::FORMAT);
        let run = |rows: &[[E; 2]]| laws::pointwise(&own, level, rows);
        let run = |rows: &[[E; 2]]| run(rows).into_iter().map(<[E; 2]>::from).collect();
        let takes = |row: &[E; 2]| laws::AnyLoss::takes(&own, *row);
        let (law, names) = (second::VALUE_AND_DERIVATIVE, ["prediction", "target"]);
        second::agrees(law, second, &names, &rows, &what, run, takes)?;
    }
    Ok(())
}

/// The loss as the laws see it.
#[derive(Clone, Copy)]
struct Own<P> {
    formula: P,
    ranges: second::Ranges<2>,
}

impl<P: Debug> Debug for Own<P> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.formula.fmt(f)
    }
}

impl<E: Number, P: Pointwise<E> + Debug + 'static> PointwiseLoss<E> for Own<P> {
    type Formula = P;

    fn loss<'w>(self) -> Loss<'w, E, P> {
        Loss::from_formula(self.formula)
    }

    fn admit(self, prediction: E, target: E) -> (E, E) {
        let into = |domain, x| match domain {
            Some((low, _)) if x < low => low,
            Some((_, high)) if x > high => high,
            _ => x,
        };
        (into(P::DOMAIN, prediction), into(P::TARGETS, target))
    }

    fn is_meant(self, prediction: E, target: E) -> bool {
        second::inside(self.ranges, [prediction, target])
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        let mut ranges = self.ranges;
        for (range, domain) in ranges.iter_mut().zip([P::DOMAIN, P::TARGETS]) {
            if let Some((low, high)) = domain {
                *range = (range.0.max(low.to_f64()), range.1.min(high.to_f64()));
            }
        }
        let [prediction, target] = ranges.map(second::ordinary);
        (random.ordinary(prediction.0, prediction.1), random.ordinary(target.0, target.1))
    }
}

/// A formula whose every element is worth a thread.
#[derive(Clone, Copy, Debug)]
struct Costly<P>(P);

impl<E: Number, P: Pointwise<E>> Pointwise<E> for Costly<P> {
    const COST: f64 = 1000.0;
    const LONG: bool = P::LONG;
    const VERY_LONG: bool = P::VERY_LONG;
    const DOMAIN: Option<(E, E)> = P::DOMAIN;
    const TARGETS: Option<(E, E)> = P::TARGETS;
    const FACTOR: E = P::FACTOR;

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.0.value_and_derivative::<I>(prediction, target)
    }

    /// The formula's own kernel: nothing is compiled twice.
    fn dispatch(level: Level, kernel: Evaluate<'_, E, Self>) -> f64 {
        let Evaluate { formula, wanted, target, weights, columns } = kernel;
        let formula = formula.0;
        P::dispatch(level, Evaluate { formula, wanted, target, weights, columns })
    }
}
