//! Losses of one prediction and one target.

// Functions that stand for classes have names like classes.
#![allow(non_snake_case)]

use crate::arrays::{
    Real, output, read, read_like, refused, slice, slice_mut, with_real, write, write_like,
};
use crate::reduction::reduction;
use crate::task::Task;
use kernels::{Error, Reduction, loss};
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

#[derive(Clone, Copy)]
enum Formula {
    Mse,
    L1,
    LogCosh,
    SmoothL1 { beta: f64 },
    Huber { delta: f64 },
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits { pos_weight: f64 },
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
        macro_rules! run {
            ($loss:expr) => {{
                let mut loss = $loss.reduction(self.reduction);
                if let Some(weights) = weights {
                    loss = loss.weights(weights);
                }
                match task {
                    Task::Loss(x) => loss.loss(x, target),
                    Task::Grad(x, grad) => loss.loss_and_grad(x, target, grad),
                    Task::InPlace(x) => loss.loss_and_grad_in_place(x, target),
                    Task::Losses(x, out) => loss.losses(x, target, out).map(|()| 0.0),
                    Task::Backward(x, upstream, grad) => {
                        loss.backward(x, target, upstream, grad).map(|()| 0.0)
                    }
                }
            }};
        }
        match self.formula {
            Formula::Mse => run!(loss::Mse::new()),
            Formula::L1 => run!(loss::L1::new()),
            Formula::LogCosh => run!(loss::LogCosh::new()),
            Formula::SmoothL1 { beta } => run!(loss::SmoothL1::new(E::from_f64(beta))?),
            Formula::Huber { delta } => run!(loss::Huber::new(E::from_f64(delta))?),
            Formula::BinaryCrossEntropy => run!(loss::BinaryCrossEntropy::new()),
            Formula::BinaryCrossEntropyWithLogits { pos_weight } => {
                let pos_weight = E::from_f64(pos_weight);
                run!(loss::BinaryCrossEntropyWithLogits::new().pos_weight(pos_weight)?)
            }
        }
    }
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
            let y = read_like::<E>("target", target, x.shape())?;
            let w = weights.map(|w| read_like::<E>("weights", w, x.shape())).transpose()?;
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
            let y = read_like::<E>("target", target, x.shape())?;
            let w = weights.map(|w| read_like::<E>("weights", w, x.shape())).transpose()?;
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
            let y = read_like::<E>("target", target, x.shape())?;
            let w = weights.map(|w| read_like::<E>("weights", w, x.shape())).transpose()?;
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
            let y = read_like::<E>("target", target, x.shape())?;
            let w = weights.map(|w| read_like::<E>("weights", w, x.shape())).transpose()?;
            let losses = output::<E>(py, "out", out, x.shape())?;
            let mut out = write::<E>("out", &losses)?;
            let (x, y, w) = (slice(&x)?, slice(&y)?, w.as_ref().map(slice).transpose()?);
            let task = Task::Losses(x, slice_mut(&mut out)?);
            py.detach(|| self.run(task, y, w)).map_err(refused)?;
            Ok(losses)
        })
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

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident($($field:ident $(= $default:literal)?),*) $formula:expr;)*) => {
        $(
            $(#[$doc])*
            #[pyfunction]
            #[pyo3(signature = ($($field $(= $default)?,)* *, reduction=None))]
            pub(crate) fn $name(
                $($field: f64,)*
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
    SmoothL1(beta = 1.0) Formula::SmoothL1 { beta };
    /// Quadratic within `delta` of the target, of slope `delta` beyond.
    Huber(delta = 1.0) Formula::Huber { delta };
    /// Of probabilities.
    BinaryCrossEntropy() Formula::BinaryCrossEntropy;
    /// Of logits; the cost of positive labels is multiplied by `pos_weight`.
    BinaryCrossEntropyWithLogits(pos_weight = 1.0)
        Formula::BinaryCrossEntropyWithLogits { pos_weight };
}
