//! The methods that every loss of one prediction and one target has.

use crate::buffers::{Slice, Slices};
use crate::suite::{On, Op, Size};
use gradstep::Error;
use gradstep::loss::{Loss, Pointwise, TwiceDifferentiable};
use gradstep_check::numbers::Number;

/// A loss with its options.
pub(crate) trait Formula {
    const STEM: &'static str;
    /// Whether predictions are between 0 and 1.
    const UNIT: bool;
    /// Range of the predictions.
    const PREDICTION: (f64, f64) = if Self::UNIT { (0.0, 1.0) } else { (-4.0, 4.0) };

    fn new<E: Number>() -> Loss<'static, E, impl Pointwise<E> + 'static>;
}

/// A loss that has a second derivative.
pub(crate) trait Curved {
    const STEM: &'static str;

    fn new<E: Number>() -> Loss<'static, E, impl TwiceDifferentiable<E> + 'static>;
}

/// Gradient and Hessian.
pub(crate) struct Derivatives<F>(F);
/// Weights and responses of iteratively reweighted least squares.
pub(crate) struct Working<F>(F);
/// Loss, and gradient to another slice: the main method.
pub(crate) struct LossAndGrad<F>(F);
/// Loss, and gradient in place of the prediction.
pub(crate) struct InPlace<F>(F);
/// Loss alone.
pub(crate) struct LossOnly<F>(F);

const TARGET: Slice = Slice::Read(0.0, 1.0);

impl<F: Formula> Op for LossAndGrad<F> {
    const SLICES: &'static [Slice] =
        &[Slice::Read(F::PREDICTION.0, F::PREDICTION.1), TARGET, Slice::Write];

    fn group() -> String {
        F::STEM.to_owned()
    }

    fn prepare<'a, E: Number>(
        on: On,
        _: Size,
        [prediction, target, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = F::new::<E>().execution(on.execution);
        Ok(move || loss.loss_and_grad(prediction, target, grad))
    }
}

impl<F: Formula> Op for InPlace<F> {
    const SLICES: &'static [Slice] = &[Slice::Update(F::PREDICTION.0, F::PREDICTION.1), TARGET];

    fn group() -> String {
        format!("{}/in_place", F::STEM)
    }

    fn prepare<'a, E: Number>(
        on: On,
        _: Size,
        [prediction, target, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // The gradient of a mean is small, so repeating the call overflows nothing.
        let loss = F::new::<E>().execution(on.execution);
        Ok(move || loss.loss_and_grad_in_place(prediction, target))
    }
}

impl<F: Formula> Op for LossOnly<F> {
    const SLICES: &'static [Slice] = &[Slice::Read(F::PREDICTION.0, F::PREDICTION.1), TARGET];

    fn group() -> String {
        format!("{}/loss", F::STEM)
    }

    fn prepare<'a, E: Number>(
        on: On,
        _: Size,
        [prediction, target, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = F::new::<E>().execution(on.execution);
        Ok(move || loss.loss(prediction, target))
    }
}

impl<F: Curved> Op for Derivatives<F> {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), TARGET, Slice::Write, Slice::Write];

    fn group() -> String {
        format!("{}/grad_hess", F::STEM)
    }

    fn prepare<'a, E: Number>(
        on: On,
        _: Size,
        [prediction, target, grad, hess, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = F::new::<E>().execution(on.execution);
        Ok(move || loss.grad_hess(prediction, target, grad, hess).map(|()| 0.0))
    }
}

impl<F: Curved> Op for Working<F> {
    const SLICES: &'static [Slice] = Derivatives::<F>::SLICES;

    fn group() -> String {
        format!("{}/irls", F::STEM)
    }

    fn prepare<'a, E: Number>(
        on: On,
        _: Size,
        [prediction, target, weight, response, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = F::new::<E>().execution(on.execution);
        Ok(move || loss.irls(prediction, target, weight, response).map(|()| 0.0))
    }
}
