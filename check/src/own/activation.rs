//! An activation.

use super::second::{self, Formula};
use crate::Outcome;
use crate::catalogue::activation::{COLUMNS, methods, on};
use crate::laws::elementwise::{Method, Operation};
use crate::laws::slope::Slopes;
use crate::numbers::{Number, Random, simple};
use crate::report::Report;
use gradstep::kernels::Lanes;
use gradstep::kernels::math::Math;
use gradstep::kernels::ops::activation::{Activate, Activation as Activating};
use gradstep::{Element, Level};
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// Checks an activation of your own, an [`Activation`](Activating) formula: see
/// [`ActivationCheck`].
///
/// # Examples
///
/// ```
/// use gradstep::formula::{Activation, Float, Lanes, Math, sigmoid};
///
/// /// `x sigmoid(x)`, from its input.
/// #[derive(Clone, Copy, Debug)]
/// struct Swish;
///
/// impl Activation for Swish {
///     const COST: f64 = 0.6;
///     const LONG: [bool; 2] = [true; 2];
///
///     #[inline(always)]
///     fn value<L: Lanes<Elem: Math>>(self, x: L) -> L {
///         x * sigmoid(x)
///     }
///     #[inline(always)]
///     fn backward<L: Lanes<Elem: Math>>(self, x: L, upstream: L) -> L {
///         let y = sigmoid(x);
///         y * (x * (y.splat(Float::ONE) - y) + y.splat(Float::ONE)) * upstream
///     }
/// }
///
/// let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
/// gradstep_check::activation(Swish)
///     .against(move |x| (x * sigmoid(x), sigmoid(x) * (1.0 + x * sigmoid(-x))))
///     .run()?;
/// # Ok::<(), gradstep_check::Report>(())
/// ```
pub fn activation<A>(formula: A) -> ActivationCheck<A> {
    ActivationCheck { formula, second: None, from_output: false }
}

/// A check of an activation.
///
/// * The derivative is the slope of the value, by finite differences.
/// * Both are those of a second formula, if there is one, on ordinary and special numbers.
/// * What holds for every element, as of a loss: NaN, places, levels, threads.
#[derive(Clone)]
pub struct ActivationCheck<A> {
    formula: A,
    second: Option<Formula>,
    from_output: bool,
}

impl<A> ActivationCheck<A> {
    /// The backward pass starts from the output, not from the input.
    ///
    /// ```
    /// use gradstep::kernels::ops::activation::Tanh;
    ///
    /// gradstep_check::activation(Tanh).from_output().run()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn from_output(mut self) -> Self {
        self.from_output = true;
        self
    }

    /// Compares with a second formula, written by hand in `f64`: value and derivative by the
    /// input.
    ///
    /// ```
    /// use gradstep::kernels::ops::activation::Relu;
    ///
    /// let by_hand = |x: f64| if x > 0.0 { (x, 1.0) } else { (x.min(0.0) * 0.0, 0.0) };
    /// gradstep_check::activation(Relu).against(by_hand).run()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn against(mut self, second: impl Fn(f64) -> (f64, f64) + Send + Sync + 'static) -> Self {
        self.second = Some(Arc::new(move |row: &[f64]| <[f64; 2]>::from(second(row[0])).into()));
        self
    }

    /// Checks the activation in `f32` and in `f64`.
    ///
    /// # Errors
    ///
    /// A [`Report`] with what does not hold, and the smallest inputs that show it.
    pub fn run(self) -> Result<Report, Report>
    where
        A: Activating + 'static,
    {
        let mut report = Report::new(&self.formula);
        self.laws::<f32>(&mut report);
        self.laws::<f64>(&mut report);
        report.result()
    }

    fn laws<E: Number>(&self, report: &mut Report)
    where
        A: Activating + 'static,
    {
        let own = Own { formula: self.formula, from_output: self.from_output };
        let name = |law: &str| format!("{law} in {}", E::FORMAT);
        report.law(&name("the derivative is the slope of the value"), slopes::<E, A>(own));
        if let Some(second) = &self.second {
            let law = name("value and derivative are those of the second formula");
            report.law(&law, agrees::<E, A>(own, second));
        }
        let costly = Own { formula: Costly(self.formula), from_output: self.from_output };
        super::elements::<E, _, _>(report, own, costly);
    }
}

/// The activation as the laws see it.
#[derive(Clone, Copy)]
struct Own<A> {
    formula: A,
    from_output: bool,
}

impl<A: Debug> Debug for Own<A> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.formula.fmt(f)
    }
}

impl<E: Number, A: Activating + 'static> Operation<E> for Own<A> {
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn methods(self) -> Vec<Method<E>> {
        methods::<E, A>(self.formula)
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        (0..3).map(|_| random.ordinary(-4.0, 4.0)).collect()
    }
}

/// Values and derivatives.
fn run<E: Number, A: Activating>(own: Own<A>, level: Level, rows: &[[E; 1]]) -> Vec<(E, E)> {
    let x: Vec<E> = rows.iter().map(|[x]| *x).collect();
    let (mut y, mut grad) = (x.clone(), x.clone());
    on(own.formula, level).apply(&mut y).expect("not refused");
    let saved = if own.from_output { &y } else { &x };
    on(own.formula, level).backward(saved, &vec![E::ONE; x.len()], &mut grad).expect("not refused");
    y.into_iter().zip(grad).collect()
}

fn ordinary<E: Number>() -> Vec<[E; 1]> {
    let mut random = Random::new(7);
    let mut rows: Vec<[E; 1]> = simple().into_iter().map(|x| [x]).collect();
    rows.extend((0..2000).map(|_| [random.ordinary(-8.0, 8.0)]));
    rows
}

fn slopes<E: Number, A: Activating>(own: Own<A>) -> Outcome {
    for level in Level::available() {
        let slopes = Slopes {
            what: format!("{own:?} in {} on {level:?}", E::FORMAT),
            names: ["x"],
            rows: ordinary::<E>(),
            run: &|rows: &[[E; 1]]| run(own, level, rows),
            takes: &|_| true,
        };
        slopes.check()?;
    }
    Ok(())
}

fn agrees<E: Number, A: Activating>(own: Own<A>, second: &Formula) -> Outcome {
    let everywhere = [(f64::NEG_INFINITY, f64::INFINITY)];
    let rows = [ordinary(), second::specials::<E, 1>(everywhere)].concat();
    for level in Level::available() {
        let what = format!("{own:?} in {} on {level:?}", E::FORMAT);
        let law = second::VALUE_AND_DERIVATIVE;
        let run = |rows: &[[E; 1]]| run(own, level, rows).into_iter().map(<[E; 2]>::from).collect();
        second::agrees(law, second, &["x"], &rows, &what, run, |_| true)?;
    }
    Ok(())
}

/// A formula whose every element is worth a thread.
#[derive(Clone, Copy, Debug)]
struct Costly<A>(A);

impl<A: Activating> Activating for Costly<A> {
    const COST: f64 = 1000.0;
    const LONG: [bool; 2] = A::LONG;

    #[inline(always)]
    fn value<L: Lanes<Elem: Math>>(self, x: L) -> L {
        self.0.value(x)
    }
    #[inline(always)]
    fn backward<L: Lanes<Elem: Math>>(self, saved: L, upstream: L) -> L {
        self.0.backward(saved, upstream)
    }

    /// The formula's own kernel: nothing is compiled twice.
    fn dispatch<E: Element>(level: Level, kernel: Activate<'_, E, Self>) {
        let Activate { formula, task } = kernel;
        A::dispatch(level, Activate { formula: formula.0, task });
    }
}
