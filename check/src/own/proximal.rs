//! A proximal operator of single elements.

use super::second::{self, Formula};
use crate::laws::law;
use crate::laws::proximal::{self as laws, Elements, Operator};
use crate::laws::slope::Slopes;
use crate::laws::smallest::smallest;
use crate::numbers::{Number, Random, simple, special};
use crate::report::Report;
use crate::{Failure, Outcome};
use gradstep::kernels::{Isa, ops};
use gradstep::prox::{Prox, Proximal};
use gradstep::{Execution, Level};
use proptest::prop_assert;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// Checks a proximal operator of your own, a [`Proximal`] formula: see [`ProximalCheck`].
///
/// # Examples
///
/// ```
/// use gradstep::kernels::{Float, Isa, Lanes};
/// use gradstep::prox::Proximal;
///
/// /// Of `strength u^2 / 2`.
/// #[derive(Clone, Copy, Debug)]
/// struct Ridge {
///     strength: f64,
/// }
///
/// impl<E: Float> Proximal<E> for Ridge {
///     #[inline(always)]
///     fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
///         // Of -0, +0.
///         x / E::from_f64(1.0 + self.strength) + E::ZERO
///     }
///     #[inline(always)]
///     fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
///         // NaN of NaN, else the derivative.
///         x.keep_where(x.is_nan()) + upstream / E::from_f64(1.0 + self.strength)
///     }
/// }
///
/// gradstep_check::proximal(Ridge { strength: 0.5 }).of(|u| 0.25 * u * u).run()?;
/// # Ok::<(), gradstep_check::Report>(())
/// ```
pub fn proximal<P>(formula: P) -> ProximalCheck<P> {
    ProximalCheck { formula, second: None, penalty: None, convex: true }
}

/// A penalty of one element.
type Penalty = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// A check of a proximal operator.
///
/// * No other point is better, if the penalty is told.
/// * The derivative is the slope of the result, by finite differences.
/// * Both are those of a second formula, if there is one, on ordinary and special numbers.
/// * The larger of two numbers has the larger result, and results are no further apart than
///   the law of firm non-expansion lets them be: penalties that are convex alone.
/// * A zero is +0.
/// * What holds for every element, as of a loss: NaN, places, methods, levels, threads.
#[derive(Clone)]
pub struct ProximalCheck<P> {
    formula: P,
    second: Option<Formula>,
    penalty: Option<Penalty>,
    convex: bool,
}

impl<P> ProximalCheck<P> {
    /// The penalty, infinite where a point is forbidden: `(u - x)^2 / 2 + penalty(u)` must be
    /// least at the result.
    ///
    /// ```
    /// use gradstep::kernels::ops::SoftThreshold;
    ///
    /// let soft = SoftThreshold { lambda: 0.5f64 };
    /// gradstep_check::proximal(soft).of(|u| 0.5 * u.abs()).run_in::<f64>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn of(mut self, penalty: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        self.penalty = Some(Arc::new(penalty));
        self
    }

    /// The penalty is not convex: results may jump.
    ///
    /// ```
    /// use gradstep::kernels::ops::HardThreshold;
    ///
    /// let hard = HardThreshold { lambda: 0.5f64 };
    /// gradstep_check::proximal(hard).not_convex().run_in::<f64>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn not_convex(mut self) -> Self {
        self.convex = false;
        self
    }

    /// Compares with a second formula, written by hand in `f64`: result and derivative.
    ///
    /// ```
    /// use gradstep::kernels::ops::NonnegativeSoftThreshold;
    ///
    /// let soft = NonnegativeSoftThreshold { lambda: 0.5f32 };
    /// let check = gradstep_check::proximal(soft).against(|x| {
    ///     if x > 0.5 { (x - 0.5, 1.0) } else { (x * 0.0, 0.0) }
    /// });
    /// check.run_in::<f32>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn against(mut self, second: impl Fn(f64) -> (f64, f64) + Send + Sync + 'static) -> Self {
        self.second = Some(Arc::new(move |row: &[f64]| <[f64; 2]>::from(second(row[0])).into()));
        self
    }

    super::runs!(
        P: Proximal;
        "let check = gradstep_check::proximal(gradstep::kernels::ops::SoftThreshold { lambda: 0.5f32 });"
    );

    fn laws<E: Number>(&self, report: &mut Report)
    where
        P: Proximal<E> + Debug + 'static,
    {
        let own = Own(self.formula);
        let name = |law: &str| format!("{law} in {}", E::FORMAT);
        if let Some(penalty) = &self.penalty {
            report.law(&name("no other point is better"), is_best::<E, P>(own, penalty));
        }
        report.law(&name("the derivative is the slope of the value"), slopes::<E, P>(own));
        if let Some(second) = &self.second {
            let law = name("value and derivative are those of the second formula");
            report.law(&law, agrees::<E, P>(own, second));
        }
        report.law(&name("the operator keeps the order"), laws::it_keeps_the_order::<E, _>(own));
        if self.convex {
            let law = name("the operator is firmly non-expansive");
            report.law(&law, is_firmly_non_expansive::<E, P>(own));
        }
        report.law(&name("zeros are +0"), zeros_are_positive::<E, P>(own));
        report.law(&name("all methods give the same bits"), laws::methods_agree::<E, _>(own));
        let costly = Elements(Own(Costly(self.formula)));
        super::elements::<E, _, _>(report, Elements(own), costly);
    }
}

/// The operator as the laws see it.
#[derive(Clone, Copy)]
struct Own<P>(P);

impl<P: Debug> Debug for Own<P> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Number, P: Proximal<E> + Debug + 'static> Operator<E> for Own<P> {
    type Formula = P;

    fn prox(self) -> Prox<E, P> {
        Prox::from_formula(self.0)
    }
}

/// Results and derivatives.
fn run<E: Number, P: Proximal<E> + Debug + 'static>(
    own: Own<P>,
    level: Level,
    rows: &[[E; 1]],
) -> Vec<(E, E)> {
    let x: Vec<E> = rows.iter().map(|[x]| *x).collect();
    let prox = own.prox().execution(Execution::new().level(level));
    let (mut out, mut grad) = (x.clone(), x.clone());
    prox.apply(&mut out).expect("not refused");
    prox.backward(&x, &vec![E::ONE; x.len()], &mut grad).expect("not refused");
    out.into_iter().zip(grad).collect()
}

/// Simple numbers and ordinary ones.
fn ordinary<E: Number>() -> Vec<[E; 1]> {
    let mut random = Random::new(7);
    let mut rows: Vec<[E; 1]> = simple().into_iter().map(|x| [x]).collect();
    rows.extend((0..2000).map(|_| [random.ordinary(-8.0, 8.0)]));
    rows
}

fn slopes<E: Number, P: Proximal<E> + Debug + 'static>(own: Own<P>) -> Outcome {
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

fn agrees<E: Number, P: Proximal<E> + Debug + 'static>(own: Own<P>, second: &Formula) -> Outcome {
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

/// The objective at the result is at most that at other points, near and far.
fn is_best<E: Number, P: Proximal<E> + Debug + 'static>(own: Own<P>, penalty: &Penalty) -> Outcome {
    let objective = |x: f64, u: f64| (u - x) * (u - x) / 2.0 + penalty(u);
    let others = |x: f64, u: f64| {
        let near = (1..=12).flat_map(move |k| [1.0, -1.0].map(|sign| u + sign * 2f64.powi(-k)));
        let far = (-64..=64).map(|k| f64::from(k) / 4.0);
        near.chain(far).chain([0.0, x])
    };
    // Rounding of the result, and of both sides.
    let unit = 2f64.powi(5 - E::FORMAT.precision());
    let better = |x: E, u: E| {
        let (x, u) = (x.to_f64(), u.to_f64());
        let slack = unit * (1.0 + x * x + penalty(u).abs());
        others(x, u).find(|v| objective(x, *v) + slack < objective(x, u))
    };
    for level in Level::available() {
        let result = |x: E| run(own, level, &[[x]])[0].0;
        let broken = |[x]: [E; 1]| better(x, result(x)).is_some();
        if let Some(row) = ordinary::<E>().into_iter().find(|row| broken(*row)) {
            let [x] = smallest(row, &|row| broken(*row));
            let u = result(x);
            let found = format!(
                "{own:?} in {} on {level:?}: the result is {u:?}, better is {:?}",
                E::FORMAT,
                better(x, u).unwrap_or(f64::NAN)
            );
            return Err(Failure::new("no other point is better", found).at([("x", x.to_f64())]));
        }
    }
    Ok(())
}

/// `(u - v)^2 <= (u - v) (x - y)` but for roundings.
fn is_firmly_non_expansive<E: Number, P: Proximal<E> + Debug + 'static>(own: Own<P>) -> Outcome {
    let grid = || -(1i32 << 13)..1 << 13;
    law("the operator is firmly non-expansive", &(grid(), grid()), |(x, y)| {
        let of = |x: i32| f64::from(x) / 1024.0;
        for level in Level::available() {
            let result = |x: i32| laws::one(own, level, E::from_f64(of(x))).to_f64();
            let (u, v, moved) = (result(x), result(y), of(x) - of(y));
            let slack = 2f64.powi(4 - E::FORMAT.precision()) * (u * u + v * v + moved * moved);
            let holds = (u - v) * (u - v) <= (u - v) * moved + slack;
            prop_assert!(holds, "{own:?} of {} and {} on {level:?}: {u}, {v}", of(x), of(y));
        }
        Ok(())
    })
}

fn zeros_are_positive<E: Number, P: Proximal<E> + Debug + 'static>(own: Own<P>) -> Outcome {
    let rows = [ordinary::<E>(), special().into_iter().map(|x| [x]).collect()].concat();
    for level in Level::available() {
        for ([x], (u, _)) in rows.iter().zip(run(own, level, &rows)) {
            if u.bits() == (-E::ZERO).bits() {
                let found = format!("{own:?} in {} on {level:?}: the result is -0", E::FORMAT);
                return Err(Failure::new("zeros are +0", found).at([("x", x.to_f64())]));
            }
        }
    }
    Ok(())
}

/// A formula whose every element is worth a thread.
#[derive(Clone, Copy, Debug)]
struct Costly<P>(P);

impl<E: Number, P: Proximal<E>> Proximal<E> for Costly<P> {
    const COST: f64 = 1000.0;

    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        self.0.prox::<I>(x)
    }

    fn shrinks_all_to_zero(self) -> bool {
        self.0.shrinks_all_to_zero()
    }

    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        self.0.backward::<I>(x, upstream)
    }

    /// The formula's own kernel: nothing is compiled twice.
    fn dispatch(level: Level, kernel: ops::ApplyProx<'_, E, Self>) -> usize {
        let ops::ApplyProx { formula, task, count } = kernel;
        P::dispatch(level, ops::ApplyProx { formula: formula.0, task, count })
    }
}
