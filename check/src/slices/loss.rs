//! A loss of one prediction and one target.

use super::{Errors, nan_stays};
use crate::laws::smallest::smallest;
use crate::numbers::{Number, Random, error_at, simple_pairs, special};
use crate::reference::{Double, ulp};
use crate::report::Report;
use crate::{Failure, Outcome, tolerance};
use std::marker::PhantomData;

/// Checks a mean loss of predictions and targets that also writes the gradient, against
/// value and derivative of one element in double-double: see [`LossCheck`].
///
/// # Examples
///
/// ```
/// use gradstep::loss::Huber;
/// use gradstep_check::{reference, slices};
///
/// let ours = |prediction: &[f32], target: &[f32], grad: &mut [f32]| {
///     let huber = Huber::new(1.5).expect("delta > 0");
///     huber.loss_and_grad(prediction, target, grad).expect("lengths agree")
/// };
/// let exact = |p, t| reference::pointwise::huber(p, t, 1.5);
/// println!("{}", slices::loss("huber", ours, exact).run()?);
/// # Ok::<(), gradstep_check::Report>(())
/// ```
pub fn loss<E, F, R>(name: &str, loss: F, exact: R) -> LossCheck<E, F, R>
where
    E: Number,
    F: Fn(&[E], &[E], &mut [E]) -> f64,
    R: Fn(f64, f64) -> (Double, Double),
{
    let name = name.to_owned();
    LossCheck { name, loss, exact, ulps: 4.0, range: (-4.0, 4.0), element: PhantomData }
}

/// A check of a mean loss on slices, against its definition.
///
/// * Ordinary numbers, and zeros, subnormals, the largest numbers, infinities and NaN: one
///   element at a time, value and derivative within 4 ULP.
/// * Batches of up to 1000: the mean, and each element's share of the gradient.
/// * NaN in a prediction is NaN in its gradient alone, and in the loss.
#[derive(Clone, Debug)]
pub struct LossCheck<E, F, R> {
    name: String,
    loss: F,
    exact: R,
    ulps: f64,
    range: (f64, f64),
    element: PhantomData<E>,
}

impl<E, F, R> LossCheck<E, F, R>
where
    E: Number,
    F: Fn(&[E], &[E], &mut [E]) -> f64,
    R: Fn(f64, f64) -> (Double, Double),
{
    /// How many ULPs value and derivative of an element may be off: 4 by default.
    ///
    /// ```
    /// use gradstep_check::{reference, slices};
    ///
    /// // The logarithm of a rounded number, and of one that overflows.
    /// let naive = |prediction: &[f64], target: &[f64], grad: &mut [f64]| {
    ///     let n = prediction.len() as f64;
    ///     let mut sum = 0.0;
    ///     for ((p, t), grad) in prediction.iter().zip(target).zip(grad) {
    ///         sum += (p - t).cosh().ln();
    ///         *grad = (p - t).tanh() / n;
    ///     }
    ///     sum / n
    /// };
    /// let check = slices::loss("ln(cosh d)", naive, reference::pointwise::log_cosh);
    /// assert!(check.clone().run().is_err());
    /// assert!(check.within(1e6).run().is_err());
    /// ```
    #[must_use]
    pub fn within(self, ulps: f64) -> Self {
        LossCheck { ulps, ..self }
    }

    /// What predictions and targets are drawn from and kept in: special numbers outside are
    /// left out. Ordinary numbers are from -4 to 4 by default, and special ones all.
    #[must_use]
    pub fn between(self, low: f64, high: f64) -> Self {
        LossCheck { range: (low, high), ..self }
    }

    /// Checks the loss.
    ///
    /// # Errors
    ///
    /// A [`Report`] with what does not hold, and the smallest inputs that show it.
    pub fn run(self) -> Result<Report, Report> {
        let mut report = Report::of(self.name.clone());
        let mut random = Random::new(9);
        let (low, high) = self.range;
        let mut draw = || [random.ordinary(low, high), random.ordinary(low, high)];
        let all = self.range == (-4.0, 4.0);
        let inside = |x: &E| all || (x.to_f64() >= low && x.to_f64() <= high);
        let mut ordinary = simple_pairs::<E>();
        ordinary.retain(|pair| pair.iter().all(inside));
        ordinary.extend((0..2000).map(|_| draw()));
        let specials: Vec<E> = special().into_iter().filter(inside).collect();
        let pairs = specials.iter().flat_map(|p| specials.iter().map(|t| [*p, *t]));
        // A difference that overflows is infinite by definition; the reference subtracts
        // exactly.
        let overflows = |[p, t]: &[E; 2]| p.finite() && t.finite() && !(*p - *t).finite();
        let special: Vec<[E; 2]> = pairs.filter(|pair| !overflows(pair)).collect();
        for (law, rows) in [
            ("ordinary numbers are exact but for roundings", &ordinary),
            ("special numbers are exact but for roundings", &special),
        ] {
            let mut errors = Errors::new(law, self.ulps);
            let outcome = self.one_by_one(&mut errors, rows);
            report.law(&errors.text(), outcome);
        }
        report.law("means of 1 to 1000", self.means(&ordinary));
        report.law("NaN stays in its place", self.nan(&ordinary));
        report.result()
    }

    /// The mean, and the gradient.
    fn call(&self, rows: &[[E; 2]]) -> (f64, Vec<E>) {
        let column = |k: usize| rows.iter().map(|row| row[k]).collect::<Vec<_>>();
        let mut grad = vec![E::ONE; rows.len()];
        let loss = (self.loss)(&column(0), &column(1), &mut grad);
        (loss, grad)
    }

    fn exact(&self, [p, t]: [E; 2]) -> (Double, Double) {
        (self.exact)(p.to_f64(), t.to_f64())
    }

    /// The larger error of value and derivative of one element, in ULPs.
    fn error(&self, row: [E; 2]) -> f64 {
        let ((loss, grad), (value, derivative)) = (self.call(&[row]), self.exact(row));
        let value_ulps = ulp::error_at(loss, value, value, E::FORMAT);
        value_ulps.max(error_at(grad[0], derivative, derivative))
    }

    fn one_by_one(&self, errors: &mut Errors, rows: &[[E; 2]]) -> Outcome {
        for row in rows {
            if errors.allows(self.error(*row)) {
                continue;
            }
            let row = smallest(*row, &|row| self.error(*row) > errors.allowed);
            let ((loss, grad), (value, derivative)) = (self.call(&[row]), self.exact(row));
            let found = format!(
                "{loss:?} and {:?}, not {:?} and {:?}: {:.1} ULP",
                grad[0],
                value.to_f64(),
                derivative.to_f64(),
                self.error(row),
            );
            let input = ["prediction", "target"].into_iter().zip(row.map(|x| x.to_f64()));
            return Err(Failure::new(errors.law, found).at(input));
        }
        Ok(())
    }

    fn means(&self, rows: &[[E; 2]]) -> Outcome {
        let law = "means are exact but for roundings";
        for n in [1, 2, 7, 100, 1000] {
            let (loss, grad) = self.call(&rows[..n]);
            let exact: Vec<_> = rows[..n].iter().map(|row| self.exact(*row)).collect();
            let count = Double::from(n as f64);
            let mean = exact.iter().map(|exact| exact.0).sum::<Double>() / count;
            let bound = self.ulps * 2f64.powi(1 - E::FORMAT.precision())
                + tolerance::typical_sum(E::FORMAT);
            let error = ulp::relative(loss, mean);
            if error > bound {
                let found = format!("of {n}: {loss:?}, not {:?}", mean.to_f64());
                return Err(Failure::new(law, found));
            }
            // The share of an element: its derivative, times or by a rounded number.
            let allowed = self.ulps + tolerance::ulps("pointwise", "scale", E::FORMAT);
            for (i, (got, (_, derivative))) in grad.iter().zip(&exact).enumerate() {
                let share = *derivative / count;
                let ulps = error_at(*got, share, share);
                if ulps > allowed {
                    let found = format!("of {n}: gradient {got:?}, not {:?}", share.to_f64());
                    let input = ["prediction", "target"].into_iter().zip(rows[i].map(E::to_f64));
                    return Err(Failure::new(law, found).at(input));
                }
            }
        }
        Ok(())
    }

    fn nan(&self, rows: &[[E; 2]]) -> Outcome {
        let law = "NaN in a prediction is NaN in its gradient alone, and in the loss";
        for n in [1, 2, 9, 100] {
            let (_, plain) = self.call(&rows[..n]);
            for place in [0, n / 2, n - 1] {
                let mut rows = rows[..n].to_vec();
                rows[place][0] = E::NAN;
                let (loss, grad) = self.call(&rows);
                let others = (0..n).filter(|i| *i != place);
                let mut same = others.map(|i| grad[i].bits() == plain[i].bits());
                let holds = loss.is_nan() && grad[place].is_nan() && same.all(|same| same);
                nan_stays(law, holds, || {
                    format!("NaN at {place} of {n}: loss {loss:?}, gradient {:?}", grad[place])
                })?;
            }
        }
        Ok(())
    }
}
