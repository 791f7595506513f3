//! Softmax cross-entropy of rows of logits with class indices.

use super::{Errors, nan_stays};
use crate::numbers::{Number, Random, error_at};
use crate::reference::cross_entropy::{Options, Row, Target, row};
use crate::reference::{Double, ulp};
use crate::report::Report;
use crate::{Failure, Outcome, tolerance};
use std::marker::PhantomData;

/// Checks a mean cross-entropy of logits `[rows, classes]` with a class for each row, which
/// also writes the gradient: see [`CrossEntropyCheck`].
///
/// # Examples
///
/// ```
/// use gradstep::loss::CrossEntropy;
/// use gradstep_check::slices;
///
/// let ours = |logits: &[f32], classes: usize, targets: &[u32], grad: &mut [f32]| {
///     let loss = CrossEntropy::new(classes).expect("classes");
///     loss.loss_and_grad(logits, targets, grad).expect("shapes agree")
/// };
/// println!("{}", slices::cross_entropy("gradstep", ours).run()?);
///
/// // As textbooks write it.
/// let naive = |logits: &[f32], classes: usize, targets: &[u32], grad: &mut [f32]| {
///     let (rows, mut sum) = (targets.len() as f32, 0.0);
///     for ((x, y), g) in logits.chunks(classes).zip(targets).zip(grad.chunks_mut(classes)) {
///         let total: f32 = x.iter().map(|x| x.exp()).sum();
///         sum -= (x[*y as usize].exp() / total).ln();
///         for (c, (x, g)) in x.iter().zip(g).enumerate() {
///             *g = (x.exp() / total - f32::from(c == *y as usize)) / rows;
///         }
///     }
///     f64::from(sum / rows)
/// };
/// let report = slices::cross_entropy("naive", naive).run().unwrap_err();
/// assert!(report.to_string().contains("equal logits"), "{report}");
/// # Ok::<(), gradstep_check::Report>(())
/// ```
pub fn cross_entropy<E, F>(name: &str, loss: F) -> CrossEntropyCheck<E, F>
where
    E: Number,
    F: Fn(&[E], usize, &[u32], &mut [E]) -> f64,
{
    CrossEntropyCheck { name: name.to_owned(), loss, ulps: 4.0, element: PhantomData }
}

/// A check of a mean cross-entropy on slices.
///
/// Rows one by one, loss and gradient within 4 ULP:
///
/// * ordinary logits, of 1 to 1000 classes
/// * equal logits, up to 1e8, whose loss is the logarithm of the classes
/// * a class that is almost certain: a loss of `e^-30` is not 0, nor is its gradient
/// * masked classes: -inf beside finite logits, with a gradient of 0
/// * logits near the largest number
///
/// Batches: the mean, and that NaN in a row stays there.
#[derive(Clone, Debug)]
pub struct CrossEntropyCheck<E, F> {
    name: String,
    loss: F,
    ulps: f64,
    element: PhantomData<E>,
}

/// Logits and a class.
type Case<E> = (Vec<E>, u32);

/// Kinds of rows, the smallest of a kind first.
fn cases<E: Number>() -> [(&'static str, Vec<Case<E>>); 5] {
    const CLASSES: [usize; 9] = [1, 2, 3, 7, 10, 33, 100, 257, 1000];
    let mut random = Random::new(10);
    let number = E::from_f64;
    let mut ordinary = Vec::new();
    for classes in CLASSES {
        for _ in 0..20 {
            let x = (0..classes).map(|_| random.ordinary(-6.0, 6.0)).collect();
            ordinary.push((x, random.below(classes) as u32));
        }
    }
    let (mut equal, mut certain, mut masked, mut large) = (vec![], vec![], vec![], vec![]);
    for classes in CLASSES {
        let last = classes as u32 - 1;
        for x in [0.0, 1.0, -100.0, 1e4, 1e8] {
            equal.push((vec![number(x); classes], last));
        }
        for gap in [10.0, 17.0, 30.0, 80.0] {
            let mut x = vec![E::ZERO; classes];
            x[classes - 1] = number(gap);
            certain.push((x.clone(), last));
            certain.push((x, 0));
        }
        let mut x: Vec<E> = (0..classes).map(|_| random.ordinary(-3.0, 3.0)).collect();
        for place in (1..classes).step_by(2) {
            x[place] = -E::INFINITY;
        }
        masked.push((x, 0));
        let mut x = vec![-E::LARGEST; classes];
        x[classes / 2] = E::LARGEST;
        large.push((x, (classes / 2) as u32));
        let mut x = vec![E::ZERO; classes];
        x[classes / 2] = E::LARGEST;
        large.push((x, (classes / 2) as u32));
    }
    [
        ("ordinary logits", ordinary),
        ("equal logits", equal),
        ("a class that is almost certain", certain),
        ("masked classes", masked),
        ("logits near the largest number", large),
    ]
}

impl<E, F> CrossEntropyCheck<E, F>
where
    E: Number,
    F: Fn(&[E], usize, &[u32], &mut [E]) -> f64,
{
    /// How many ULPs the loss of a row and an element of its gradient may be off: 4 by
    /// default.
    #[must_use]
    pub fn within(self, ulps: f64) -> Self {
        CrossEntropyCheck { ulps, ..self }
    }

    /// Checks the loss.
    ///
    /// # Errors
    ///
    /// A [`Report`] with what does not hold, and the smallest rows that show it.
    pub fn run(self) -> Result<Report, Report> {
        let mut report = Report::of(self.name.clone());
        let kinds = cases::<E>();
        for (kind, cases) in &kinds {
            let mut errors = Errors::new(kind, self.ulps);
            let outcome = cases.iter().try_for_each(|case| self.one(&mut errors, case));
            report.law(&errors.text(), outcome);
        }
        report.law("means of 1 to 100 rows", self.means());
        report.law("NaN stays in its row", self.nan());
        report.result()
    }

    fn call(&self, x: &[E], classes: usize, targets: &[u32]) -> (f64, Vec<E>) {
        let mut grad = vec![E::ONE; x.len()];
        let loss = (self.loss)(x, classes, targets, &mut grad);
        (loss, grad)
    }

    fn one(&self, errors: &mut Errors, (x, target): &Case<E>) -> Outcome {
        let exact = exact(x, *target);
        let (loss, grad) = self.call(x, x.len(), &[*target]);
        let place = |what: &str, got: &dyn std::fmt::Debug, exact: Double, ulps: f64| {
            let shown: Vec<_> = x.iter().take(8).map(|x| x.to_f64()).collect();
            let more = if x.len() > 8 { ", .." } else { "" };
            format!(
                "{} logits {shown:?}{more} of class {target}: {what} is {got:?}, not {:?}: {ulps:.1} \
                 ULP",
                x.len(),
                exact.to_f64()
            )
        };
        let ulps = ulp::error_at(loss, exact.loss, exact.loss, E::FORMAT);
        if !errors.allows(ulps) {
            return Err(Failure::new(errors.law, place("the loss", &loss, exact.loss, ulps)));
        }
        for (c, (got, exact)) in grad.iter().zip(&exact.grad).enumerate() {
            let ulps = error_at(*got, *exact, *exact);
            if !errors.allows(ulps) {
                let what = format!("the gradient at {c}");
                return Err(Failure::new(errors.law, place(&what, got, *exact, ulps)));
            }
        }
        Ok(())
    }

    /// A batch of ordinary rows.
    fn batch(rows: usize, classes: usize) -> (Vec<E>, Vec<u32>) {
        let mut random = Random::new((rows * 1000 + classes) as u64);
        let x = (0..rows * classes).map(|_| random.ordinary(-4.0, 4.0)).collect();
        (x, (0..rows).map(|_| random.below(classes) as u32).collect())
    }

    fn means(&self) -> Outcome {
        let law = "means are exact but for roundings";
        let unit = 2f64.powi(1 - E::FORMAT.precision());
        let bound = self.ulps * unit + tolerance::typical_sum(E::FORMAT);
        for (rows, classes) in [(1, 2), (2, 3), (7, 10), (100, 33)] {
            let (x, targets) = Self::batch(rows, classes);
            let (loss, grad) = self.call(&x, classes, &targets);
            let exact: Vec<Row> =
                x.chunks(classes).zip(&targets).map(|(x, y)| exact(x, *y)).collect();
            let count = Double::from(rows as f64);
            let mean = exact.iter().map(|row| row.loss).sum::<Double>() / count;
            if ulp::relative(loss, mean) > bound {
                let found = format!("of {rows} x {classes}: {loss:?}, not {:?}", mean.to_f64());
                return Err(Failure::new(law, found));
            }
            let shares = exact.iter().flat_map(|row| &row.grad).map(|grad| *grad / count);
            let allowed = self.ulps + tolerance::ulps("pointwise", "scale", E::FORMAT);
            for (i, (got, share)) in grad.iter().zip(shares).enumerate() {
                if error_at(*got, share, share) > allowed {
                    let (row, class) = (i / classes, i % classes);
                    let found = format!(
                        "of {rows} x {classes}: the gradient of class {class} in row {row} is \
                         {got:?}, not {:?}",
                        share.to_f64()
                    );
                    return Err(Failure::new(law, found));
                }
            }
        }
        Ok(())
    }

    fn nan(&self) -> Outcome {
        for (rows, classes) in [(2, 2), (9, 10), (3, 100)] {
            let (mut x, targets) = Self::batch(rows, classes);
            let (_, plain) = self.call(&x, classes, &targets);
            x[classes] = E::NAN;
            let (loss, grad) = self.call(&x, classes, &targets);
            let row = classes..2 * classes;
            let holds = loss.is_nan()
                && (0..x.len()).all(|i| match row.contains(&i) {
                    true => grad[i].is_nan(),
                    false => grad[i].bits() == plain[i].bits(),
                });
            nan_stays("NaN in a row is NaN there alone, and in the loss", holds, || {
                format!("NaN in row 1 of {rows} x {classes}: loss {loss:?}, gradient {grad:?}")
            })?;
        }
        Ok(())
    }
}

fn exact<E: Number>(x: &[E], target: u32) -> Row {
    let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    row(&wide, Target::Index(target.into()), &Options::default())
}
