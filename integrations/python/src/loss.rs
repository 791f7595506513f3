//! Losses of one prediction and one target.

// Functions that stand for classes have names like classes.
#![allow(non_snake_case)]

use crate::arrays::{
    Read, Real, output, read, read_like, refused, slice, slice_mut, with_real, write, write_like,
};
use crate::formula::Formula;
use crate::reduction::reduction;
use crate::task::Task;
use kernels::{Error, Reduction};
use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;

/// A loss of one prediction and one target; made by `Mse`, `SmoothL1` and the like.
///
/// Arrays are C-contiguous and all of float32 or all of float64; they are not copied, and the
/// GIL is released while they are worked on. Losses are returned as Python floats. `weights`
/// multiply the losses of elements and belong to one call.
#[pyclass(frozen, module = "gradstep")]
pub(crate) struct Loss {
    formula: Formula,
    reduction: Reduction,
}

impl Loss {
    fn new(formula: Formula, reduction: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let this = Self { formula, reduction: self::reduction(reduction)? };
        // Parameters are refused here, before there are arrays.
        this.run::<f64>(Task::Losses(&[], &mut []), &[], None).map_err(refused)?;
        Ok(this)
    }

    fn run<E: Real>(
        &self,
        task: Task<'_, E>,
        target: &[E],
        weights: Option<&[E]>,
    ) -> Result<f64, Error> {
        self.formula.run(self.reduction, task, target, weights)
    }
}

/// The loss, if the task has one, and two outputs.
macro_rules! two_outputs {
    ($this:expr, $py:expr, $inputs:expr, $outputs:expr, $task:expr) => {{
        let ((prediction, target, weights), outputs) = ($inputs, $outputs);
        with_real!("prediction", prediction, E => {
            let x = read::<E>("prediction", prediction)?;
            let (y, w) = beside::<E>(target, weights, x.shape())?;
            let [(a_name, a), (b_name, b)] = outputs;
            let a = output::<E>($py, a_name, a, x.shape())?;
            let b = output::<E>($py, b_name, b, x.shape())?;
            let (mut a_out, mut b_out) = (write::<E>(a_name, &a)?, write::<E>(b_name, &b)?);
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = $task(x, slice_mut(&mut a_out)?, slice_mut(&mut b_out)?);
            let loss = $py.detach(|| $this.run(task, y, w)).map_err(refused)?;
            Ok::<_, PyErr>((loss, a, b))
        })
    }};
}

#[pymethods]
impl Loss {
    /// The loss, a float.
    #[pyo3(signature = (prediction, target, *, weights=None))]
    fn loss(
        &self,
        py: Python<'_>,
        prediction: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
        weights: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<f64> {
        with_real!("prediction", prediction, E => {
            let x = read::<E>("prediction", prediction)?;
            let (y, w) = beside::<E>(target, weights, x.shape())?;
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            py.detach(|| self.run(Task::Loss(x), y, w)).map_err(refused)
        })
    }

    /// The loss, and its gradient with respect to `prediction`: in `grad`, or in a new array.
    #[pyo3(signature = (prediction, target, grad=None, *, weights=None))]
    fn loss_and_grad<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(f64, Bound<'py, PyAny>)> {
        with_real!("prediction", prediction, E => {
            let x = read::<E>("prediction", prediction)?;
            let (y, w) = beside::<E>(target, weights, x.shape())?;
            let grad = output::<E>(py, "grad", grad, x.shape())?;
            let mut out = write::<E>("grad", &grad)?;
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = Task::Grad(x, slice_mut(&mut out)?);
            Ok((py.detach(|| self.run(task, y, w)).map_err(refused)?, grad))
        })
    }

    /// The loss; `prediction` becomes its gradient.
    #[pyo3(signature = (prediction, target, *, weights=None))]
    fn loss_and_grad_in_place(
        &self,
        py: Python<'_>,
        prediction: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
        weights: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<f64> {
        with_real!("prediction", prediction, E => {
            let mut x = write::<E>("prediction", prediction)?;
            let (y, w) = beside::<E>(target, weights, x.shape())?;
            let (y, w) = (slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = Task::InPlace(slice_mut(&mut x)?);
            py.detach(|| self.run(task, y, w)).map_err(refused)
        })
    }

    /// The loss of each element, in `out` or in a new array.
    #[pyo3(signature = (prediction, target, out=None, *, weights=None))]
    fn losses<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        with_real!("prediction", prediction, E => {
            let x = read::<E>("prediction", prediction)?;
            let (y, w) = beside::<E>(target, weights, x.shape())?;
            let losses = output::<E>(py, "out", out, x.shape())?;
            let mut out = write::<E>("out", &losses)?;
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = Task::Losses(x, slice_mut(&mut out)?);
            py.detach(|| self.run(task, y, w)).map_err(refused)?;
            Ok(losses)
        })
    }

    /// The loss, and the first and second derivative of each element's, which nothing divides, as
    /// boosting wants them: in `grad` and `hess`, or in new arrays.
    #[pyo3(signature = (prediction, target, grad=None, hess=None, *, weights=None))]
    fn loss_grad_hess<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
        hess: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(f64, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let inputs = (prediction, target, weights);
        two_outputs!(self, py, inputs, [("grad", grad), ("hess", hess)], Task::LossGradHess)
    }

    /// The same without the loss.
    #[pyo3(signature = (prediction, target, grad=None, hess=None, *, weights=None))]
    fn grad_hess<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
        hess: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let inputs = (prediction, target, weights);
        let (_, grad, hess) =
            two_outputs!(self, py, inputs, [("grad", grad), ("hess", hess)], Task::GradHess)?;
        Ok((grad, hess))
    }

    /// The weight and the working response of each element for a step of iteratively reweighted
    /// least squares: in `weight` and `response`, or in new arrays.
    #[pyo3(signature = (prediction, target, weight=None, response=None, *, weights=None))]
    fn irls<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        weight: Option<&Bound<'py, PyAny>>,
        response: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let inputs = (prediction, target, weights);
        let outputs = [("weight", weight), ("response", response)];
        let (_, weight, response) = two_outputs!(self, py, inputs, outputs, Task::Irls)?;
        Ok((weight, response))
    }

    /// `upstream` times the derivative of each element's loss, in `grad` or in a new array.
    #[pyo3(signature = (prediction, target, upstream, grad=None, *, weights=None))]
    fn backward<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        upstream: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
        weights: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        with_real!("prediction", prediction, E => {
            let x = read::<E>("prediction", prediction)?;
            let y = read_like::<E>("target", target, x.shape())?;
            let u = read_like::<E>("upstream", upstream, x.shape())?;
            let w = weights.map(|w| read_like::<E>("weights", w, x.shape())).transpose()?;
            let grad = output::<E>(py, "grad", grad, x.shape())?;
            let mut out = write_like::<E>("grad", &grad, x.shape())?;
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = Task::Backward(x, slice(&u)?, slice_mut(&mut out)?);
            py.detach(|| self.run(task, y, w)).map_err(refused)?;
            Ok(grad)
        })
    }
}

/// The targets, and the weights if there are any, of the shape of the predictions.
fn beside<'py, E: Real>(
    target: &Bound<'py, PyAny>,
    weights: Option<&Bound<'py, PyAny>>,
    shape: &[usize],
) -> PyResult<(Read<'py, E>, Option<Read<'py, E>>)> {
    let target = read_like("target", target, shape)?;
    Ok((target, weights.map(|weights| read_like("weights", weights, shape)).transpose()?))
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident($($field:ident: $type:ty $(= $default:tt)?),*) $formula:expr;)*) => {
        $(
            $(#[$doc])*
            #[pyfunction]
            #[pyo3(signature = ($($field $(= $default)?,)* *, reduction=None))]
            pub(crate) fn $name(
                $($field: $type,)*
                reduction: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<Loss> {
                Loss::new($formula, reduction)
            }
        )*

        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            module.add_class::<Loss>()?;
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)*
            Ok(())
        }
    };
}

constructors! {
    /// `(prediction - target)^2`
    Mse() Formula::Mse;
    /// `|prediction - target|`
    L1() Formula::L1;
    /// `ln cosh(prediction - target)`
    LogCosh() Formula::LogCosh;
    /// Quadratic within `beta` of the target, of slope 1 beyond.
    SmoothL1(beta: f64 = 1.0) Formula::SmoothL1 { beta };
    /// Quadratic within `delta` of the target, of slope `delta` beyond.
    Huber(delta: f64 = 1.0) Formula::Huber { delta };
    /// Of probabilities.
    BinaryCrossEntropy() Formula::BinaryCrossEntropy;
    /// Of logits; the cost of positive labels is multiplied by `pos_weight`.
    BinaryCrossEntropyWithLogits(pos_weight: f64 = 1.0)
        Formula::BinaryCrossEntropyWithLogits { pos_weight };
    /// What lies below the target costs `quantile` times its distance, what lies above the rest.
    Quantile(quantile: f64 = 0.5) Formula::Quantile { quantile };
    /// Of margins; labels are -1 and 1.
    SquaredHinge() Formula::SquaredHinge;
    /// The same, linear from a margin of -1 down.
    ModifiedHuber() Formula::ModifiedHuber;
    /// Counts, of the logarithm of their mean; `full` adds what depends on the target alone.
    Poisson(full: bool = false) Formula::Poisson { full };
    /// Positive targets, of the logarithm of their mean.
    Gamma() Formula::Gamma;
    /// Between both, for a `power` between 1 and 2.
    Tweedie(power: f64 = 1.5) Formula::Tweedie { power };
    /// Of logits: easy examples count less; `alpha` is the share of positive ones.
    Focal(gamma: f64 = 2.0, alpha: Option<f64> = None) Formula::Focal { gamma, alpha };
    /// Targets are probabilities, predictions their logarithms.
    KlDivergence() Formula::KlDivergence;
}
