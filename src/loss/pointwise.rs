//! The methods that all losses of one prediction and one target share.

mod ends;
mod grad_hess;
#[cfg(feature = "serde")]
mod stored;

#[cfg(feature = "serde")]
pub(super) use stored::stored_loss;
/// Without serde nothing is written.
#[cfg(not(feature = "serde"))]
macro_rules! stored_loss {
    ($($nothing:tt)*) => {};
}
#[cfg(not(feature = "serde"))]
pub(super) use stored_loss;

#[cfg(feature = "alloc")]
use super::{owned::Owned, sealed::Keep};
use crate::settings::getters;
use crate::{Element, Error, Execution, Reduction, check, execution::execution, split};
use ends::Divisor;
use gradstep_kernels::InOut;
use gradstep_kernels::ops::{AbsSum, CountOutside, Evaluate, Pointwise, Sum, Wanted};
use gradstep_kernels::sweep::Columns;

/// A loss of one prediction and one target, with its options.
///
/// Use it by its names: [`Mse`](super::Mse), [`L1`](super::L1),
/// [`SmoothL1`](super::SmoothL1) and the others of [`loss`](super), which state equation,
/// special values, accuracy and source. What is here holds for all.
///
/// # Shapes
///
/// All slices have the same length `n`; outputs are overwritten. The loss of an
/// empty slice is 0 as a sum and NaN as a mean.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, [`Error::Element`] for a weight that is negative or
/// not finite or a prediction or target outside the loss's domain, [`Error::Parameter`] for a
/// denominator that is not finite and above 0, or its reciprocal, or a sum of weights that is
/// not. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `prediction[i]` or `target[i]` makes the gradient at `i` and the loss NaN, and no
/// other element. Where all weights are 0, the gradient of their mean is 0. Denominators and
/// weights may be as far from 1 as they like: gradients and mean are what they are for exact
/// products. So is a sum of `f32` beyond that type, save for a gradient in place, which has
/// overwritten what the sum was made of: there the loss is infinite.
///
/// # Accuracy
///
/// The same bits for any number of threads. Losses are returned as `f64` for
/// both element types, because sums are carried in `f64` from block to block: a
/// sum of terms of one sign is within 2^-17 (`f32`) or 2^-46 (`f64`) in the worst
/// case and 2 ULP in the typical one, whatever `n` is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss<'w, E, P> {
    pub(super) formula: P,
    pub(super) reduction: Reduction,
    weights: Option<&'w [E]>,
    /// A parameter of the loss for each column, for losses that have one.
    columns: Option<&'w [E]>,
    pub(super) execution: Execution,
}

#[cfg(feature = "alloc")]
impl<E: Element, P: Pointwise<E>> Keep for Loss<'static, E, P> {
    type Element = E;
    type Borrowing<'w> = Loss<'w, E, P>;

    fn borrowing<'w>(self, [weights, columns]: [Option<&'w [E]>; 2]) -> Loss<'w, E, P> {
        Loss { weights, columns, ..self }
    }
}

impl<E: Element, P: Pointwise<E> + Default> Default for Loss<'_, E, P> {
    /// The loss with its usual parameters, averaged.
    fn default() -> Self {
        Self::from_formula(P::default())
    }
}

impl<'w, E: Element, P: Pointwise<E>> Loss<'w, E, P> {
    /// A loss from its formula: how a loss of your own gets all methods, levels,
    /// threads and reductions.
    ///
    /// ```
    /// use gradstep::formula::{Float, Isa};
    /// use gradstep::loss::{Loss, Pointwise};
    ///
    /// /// `exp(target) (prediction - target)^2`, say.
    /// #[derive(Clone, Copy)]
    /// struct Mine;
    ///
    /// impl<E: gradstep::Element> Pointwise<E> for Mine {
    ///     #[inline(always)]
    ///     fn value_and_derivative<I: Isa>(
    ///         self,
    ///         prediction: E::Lanes<I>,
    ///         target: E::Lanes<I>,
    ///     ) -> (E::Lanes<I>, E::Lanes<I>) {
    ///         let factor = gradstep::formula::exp(target);
    ///         let d = prediction - target;
    ///         (factor * d * d, factor * (d + d))
    ///     }
    /// }
    ///
    /// let mut grad = [0.0f32; 2];
    /// let loss = Loss::from_formula(Mine).loss_and_grad(&[1.0, 3.0], &[0.0, 0.0], &mut grad)?;
    /// assert_eq!((loss, grad), (5.0, [1.0, 3.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn from_formula(formula: P) -> Self {
        Self {
            formula,
            reduction: Reduction::Mean,
            weights: None,
            columns: None,
            execution: Execution::new(),
        }
    }

    pub(super) fn with_formula(self, formula: P) -> Self {
        Self { formula, ..self }
    }

    pub(super) fn with_columns(self, columns: &'w [E]) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// How losses become one number; [`Reduction::Mean`] by default.
    ///
    /// ```
    /// use gradstep::{Reduction, loss::L1};
    ///
    /// let l1 = L1::new().reduction(Reduction::Sum);
    /// assert_eq!(l1.loss(&[1.0f64, -2.0], &[0.0, 0.0])?, 3.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Multiplies the value and the gradient of element `i` by `weights[i]`, finite and `>= 0`.
    /// [`Reduction::Mean`] still divides by `n`; [`Reduction::WeightedMean`]
    /// divides by the sum of the weights.
    ///
    /// ```
    /// use gradstep::{Reduction, loss::Mse};
    ///
    /// let mse = Mse::new().weights(&[1.0f32, 3.0]);
    /// assert_eq!(mse.loss(&[2.0, 1.0], &[0.0, 0.0])?, 3.5);
    /// assert_eq!(mse.reduction(Reduction::WeightedMean).loss(&[2.0, 1.0], &[0.0, 0.0])?, 1.75);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn weights(self, weights: &'w [E]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    getters! {
        "loss::Mse::<f32>::new()":
        get_reduction -> Reduction = |this| this.reduction, "gradstep::Reduction::Mean";
        get_weights -> Option<&'w [E]> = |this| this.weights, "None";
    }

    /// The loss with a copy of its weights, for a struct to keep.
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let kept = Mse::new().weights(&[1.0f32, 3.0]).owned();
    /// assert_eq!(kept.get(), Mse::new().weights(&[1.0, 3.0]));
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn owned(self) -> Owned<Loss<'static, E, P>> {
        let Self { formula, reduction, weights, columns, execution } = self;
        let loss = Loss { formula, reduction, weights: None, columns: None, execution };
        Owned::new(loss, [weights, columns])
    }

    execution!(execution, "loss::Mse::new()", "assert_eq!(alone.loss(&[2.0f32], &[0.0])?, 4.0);");

    /// The loss.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// assert_eq!(Mse::new().loss(&[1.0f32, 3.0], &[0.0, 0.0])?, 5.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss(&self, prediction: &[E], target: &[E]) -> Result<f64, Error> {
        let divisor = self.check(prediction, target)?;
        Ok(self.sum(prediction, target, divisor) / divisor.denominator)
    }

    /// The loss; also writes its gradient with respect to `prediction` to `grad`.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let mut grad = [0.0f32; 2];
    /// let loss = Mse::new().loss_and_grad(&[1.0, 3.0], &[0.0, 0.0], &mut grad)?;
    /// assert_eq!((loss, grad), (5.0, [1.0, 3.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad(
        &self,
        prediction: &[E],
        target: &[E],
        grad: &mut [E],
    ) -> Result<f64, Error> {
        check::length("grad", prediction.len(), grad.len())?;
        let divisor = self.check(prediction, target)?;
        if divisor.is_extreme::<E>() {
            let sum = self.sum(prediction, target, divisor);
            self.differentiate(InOut::apart(prediction, grad), target, divisor);
            return Ok(sum / divisor.denominator);
        }
        let wanted = Wanted::Grad(InOut::apart(prediction, grad), divisor.scale());
        let sum = self.evaluate(wanted, target);
        let sum = if sum.is_finite() { sum } else { self.sum_again(sum, prediction, target) };
        Ok(sum / divisor.denominator)
    }

    /// The loss; also replaces `prediction` by the gradient. The same bits as
    /// [`loss_and_grad`](Self::loss_and_grad), save for a sum beyond `f32`.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let mut buffer = [1.0f32, 3.0];
    /// let loss = Mse::new().loss_and_grad_in_place(&mut buffer, &[0.0, 0.0])?;
    /// assert_eq!((loss, buffer), (5.0, [1.0, 3.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad_in_place(&self, prediction: &mut [E], target: &[E]) -> Result<f64, Error> {
        let divisor = self.check(prediction, target)?;
        if divisor.is_extreme::<E>() {
            let sum = self.sum(prediction, target, divisor);
            self.differentiate(prediction.into(), target, divisor);
            return Ok(sum / divisor.denominator);
        }
        let wanted = Wanted::Grad(prediction.into(), divisor.scale());
        Ok(self.evaluate(wanted, target) / divisor.denominator)
    }

    /// Writes the loss of each element to `out`: no reduction.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let mut out = [0.0f32; 2];
    /// Mse::new().losses(&[1.0, 3.0], &[0.0, 0.0], &mut out)?;
    /// assert_eq!(out, [1.0, 9.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn losses(&self, prediction: &[E], target: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", prediction.len(), out.len())?;
        self.check(prediction, target)?;
        self.evaluate(Wanted::Losses(InOut::apart(prediction, out)), target);
        Ok(())
    }

    /// Writes `upstream[i]` times the derivative of the loss of element `i` to
    /// `grad`: the gradient of [`losses`](Self::losses), whatever the reduction.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let mut grad = [0.0f32; 2];
    /// Mse::new().backward(&[1.0, 3.0], &[0.0, 0.0], &[1.0, 0.5], &mut grad)?;
    /// assert_eq!(grad, [2.0, 3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward(
        &self,
        prediction: &[E],
        target: &[E],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        check::length("upstream", prediction.len(), upstream.len())?;
        check::length("grad", prediction.len(), grad.len())?;
        self.check(prediction, target)?;
        self.evaluate(Wanted::Backward(InOut::apart(prediction, grad), upstream), target);
        Ok(())
    }

    /// Refuses what can't be computed; else gives what the sum is divided by.
    fn check(&self, prediction: &[E], target: &[E]) -> Result<Divisor, Error> {
        check::length("target", prediction.len(), target.len())?;
        if let Some(domain) = P::TARGETS
            && self.has_outside(target, domain)
        {
            check::elements_within("target", target, domain)?;
        }
        self.check_but_targets(prediction)
    }

    /// The same for targets that are fine.
    fn check_but_targets(&self, prediction: &[E]) -> Result<Divisor, Error> {
        let n = prediction.len();
        if let Some(columns) = self.columns {
            check::whole_rows("prediction", columns.len(), n)?;
        }
        let mut is_heavy = false;
        if let Some(weights) = self.weights {
            check::length("weights", n, weights.len())?;
            let [most, _] = E::HALF_WAY_POW2;
            if self.has_outside(weights, (E::ZERO, most)) {
                check::elements_finite_not_negative("weights", weights)?;
                is_heavy = true;
            }
        }
        if let Some(domain) = P::DOMAIN
            && self.has_outside(prediction, domain)
        {
            check::elements_within("prediction", prediction, domain)?;
        }
        #[allow(clippy::cast_precision_loss)] // exact below 2^53 elements
        let denominator = self.reduction.denominator(n, || match self.weights {
            Some(x) => self.total(x),
            None => n as f64,
        })?;
        Ok(Divisor { denominator, is_heavy })
    }

    /// Whether an element is no number of this range.
    fn has_outside(&self, x: &[E], (low, high): (E, E)) -> bool {
        split::run(self.execution, CountOutside { x, low, high }) != 0.0
    }

    /// The sum of weights.
    fn total(&self, x: &[E]) -> f64 {
        let sum = split::run(self.execution, Sum { x });
        if sum.is_finite() { sum } else { split::run(self.execution, AbsSum { x }) }
    }

    #[inline(always)]
    fn evaluate(&self, wanted: Wanted<'_, E>, target: &[E]) -> f64 {
        let Self { formula, weights, .. } = *self;
        let columns = self.columns.map(Columns::new);
        split::run(self.execution, Evaluate { formula, wanted, target, weights, columns })
    }
}
