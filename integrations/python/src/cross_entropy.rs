//! Softmax cross-entropy.

use crate::arrays::{Real, output, read, read_like, refused, slice, slice_mut, with_real, write};
use crate::reduction::reduction;
use crate::task::Task;
use kernels::loss::{self, AnyTarget};
use kernels::{EmptyMean, Error, Reduction};
use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Cross-entropy of a softmax along the last axis of the logits.
///
/// Targets are classes (integers, in the shape of the logits without their last axis) or
/// probabilities (in the logits' shape and type). `reduction` is "mean", "sum" or a number to
/// divide by; `empty_mean`, of a mean over no rows, "nan", "zero" or "error".
#[pyclass(frozen, module = "gradstep")]
pub(crate) struct CrossEntropy {
    class_weights: Option<Vec<f64>>,
    label_smoothing: f64,
    z_loss: f64,
    ignore_index: Option<i64>,
    reduction: Reduction,
    empty_mean: EmptyMean,
}

/// The type of the elements of an array.
fn dtype<'py>(targets: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDescr>> {
    let Ok(array) = targets.cast::<PyUntypedArray>() else {
        let found = targets.get_type().name()?;
        let text = format!("`targets` must be a NumPy array, not {found}");
        return Err(PyTypeError::new_err(text));
    };
    Ok(array.dtype())
}

/// Returns what is called with the targets, if they are of this type.
macro_rules! of_type {
    ($py:expr, $dtype:expr, $targets:expr, $T:ty, $shape:expr, |$y:ident| $call:expr) => {
        if $dtype.is_equiv_to(&numpy::dtype::<$T>($py)) {
            let y = read_like::<$T>("targets", $targets, $shape)?;
            let $y = slice(&y)?;
            return $py.detach(|| $call).map_err(refused);
        }
    };
}

/// The same for all types of classes.
macro_rules! of_classes {
    ($py:expr, $dtype:expr, $targets:expr, $shape:expr, |$y:ident| $call:expr) => {
        of_type!($py, $dtype, $targets, i64, $shape, |$y| $call);
        of_type!($py, $dtype, $targets, i32, $shape, |$y| $call);
        of_type!($py, $dtype, $targets, u8, $shape, |$y| $call);
        of_type!($py, $dtype, $targets, u16, $shape, |$y| $call);
        of_type!($py, $dtype, $targets, u32, $shape, |$y| $call);
        of_type!($py, $dtype, $targets, u64, $shape, |$y| $call);
    };
}

impl CrossEntropy {
    /// The weights of classes in the type of the logits.
    fn weights<E: Real>(&self) -> Option<Vec<E>> {
        let weights = self.class_weights.as_ref();
        weights.map(|w| w.iter().map(|&w| E::from_f64(w)).collect())
    }

    fn options<'a, E: Real>(
        &self,
        classes: usize,
        weights: Option<&'a [E]>,
    ) -> Result<loss::CrossEntropy<'a, E>, Error> {
        let mut ce = loss::CrossEntropy::new(classes)?
            .label_smoothing(self.label_smoothing)?
            .z_loss(self.z_loss)?
            .reduction(self.reduction)
            .empty_mean(self.empty_mean);
        if let Some(index) = self.ignore_index {
            ce = ce.ignore_index(index);
        }
        if let Some(weights) = weights {
            ce = ce.class_weights(weights)?;
        }
        Ok(ce)
    }

    fn run<E: Real, T: AnyTarget<E>>(
        &self,
        task: Task<'_, E>,
        classes: usize,
        y: &[T],
    ) -> Result<f64, Error> {
        let weights = self.weights::<E>();
        let ce = self.options(classes, weights.as_deref())?;
        match task {
            Task::Loss(x) => ce.loss(x, y),
            Task::Grad(x, grad) => ce.loss_and_grad(x, y, grad),
            Task::InPlace(x) => ce.loss_and_grad_in_place(x, y),
            Task::Losses(x, out) => ce.losses(x, y, out).map(|()| 0.0),
            Task::Backward(x, upstream, grad) => ce.backward(x, y, upstream, grad).map(|()| 0.0),
            Task::GradHess(..) | Task::LossGradHess(..) | Task::Irls(..) => {
                unreachable!("second derivatives have a method of their own")
            }
        }
    }

    /// Finds the type of the targets.
    fn call<E: Real>(
        &self,
        py: Python<'_>,
        task: Task<'_, E>,
        shape: &[usize],
        targets: &Bound<'_, PyAny>,
    ) -> PyResult<f64> {
        let (classes, rows) = rows(shape)?;
        let dtype = dtype(targets)?;
        of_classes!(py, dtype, targets, rows, |y| self.run(task, classes, y));
        of_type!(py, dtype, targets, E, shape, |y| self.run(task, classes, y));
        let logits = numpy::dtype::<E>(py);
        Err(PyTypeError::new_err(format!(
            "`targets` must be uint8, uint16, uint32, uint64, int32 or int64 for classes, or \
             {logits} as the logits for probabilities, not {dtype}"
        )))
    }

    /// Both derivatives of all rows.
    fn twice<E: Real>(
        &self,
        py: Python<'_>,
        x: &[E],
        shape: &[usize],
        targets: &Bound<'_, PyAny>,
        hessian_factor: f64,
        [grad, hess]: [&mut [E]; 2],
    ) -> PyResult<()> {
        let (classes, rows) = rows(shape)?;
        let dtype = dtype(targets)?;
        let weights = self.weights::<E>();
        let ce = || self.options(classes, weights.as_deref())?.hessian_factor(hessian_factor);
        of_classes!(py, dtype, targets, rows, |y| ce()?.grad_hess(x, y, grad, hess));
        Err(PyTypeError::new_err(format!(
            "`targets` must be uint8, uint16, uint32, uint64, int32 or int64, not {dtype}"
        )))
    }
}

/// The classes of logits of this shape, and the shape of a number for each row.
fn rows(shape: &[usize]) -> PyResult<(usize, &[usize])> {
    match shape.split_last() {
        Some((&classes, rows)) => Ok((classes, rows)),
        None => Err(PyValueError::new_err("`logits` must have an axis of classes")),
    }
}

#[pymethods]
impl CrossEntropy {
    #[new]
    #[pyo3(signature = (
        *, class_weights=None, label_smoothing=0.0, z_loss=0.0, ignore_index=None,
        reduction=None, empty_mean="nan"
    ))]
    fn new(
        class_weights: Option<Vec<f64>>,
        label_smoothing: f64,
        z_loss: f64,
        ignore_index: Option<i64>,
        reduction: Option<&Bound<'_, PyAny>>,
        empty_mean: &str,
    ) -> PyResult<Self> {
        let empty_mean = match empty_mean {
            "nan" => EmptyMean::Nan,
            "zero" => EmptyMean::Zero,
            "error" => EmptyMean::Error,
            other => {
                let text = format!("`empty_mean` must be 'nan', 'zero' or 'error', not '{other}'");
                return Err(PyValueError::new_err(text));
            }
        };
        let classes = class_weights.as_ref().map_or(1, Vec::len);
        let reduction = self::reduction(reduction)?;
        let this =
            Self { class_weights, label_smoothing, z_loss, ignore_index, reduction, empty_mean };
        // Options are refused here, before there are arrays.
        let task = Task::Losses(&[], &mut []);
        this.run::<f64, u8>(task, classes, &[]).map_err(refused)?;
        Ok(this)
    }

    /// The loss, a float.
    fn loss(
        &self,
        py: Python<'_>,
        logits: &Bound<'_, PyAny>,
        targets: &Bound<'_, PyAny>,
    ) -> PyResult<f64> {
        with_real!("logits", logits, E => {
            let x = read::<E>("logits", logits)?;
            self.call(py, Task::Loss(slice(&x)?), x.shape(), targets)
        })
    }

    /// The loss, and its gradient with respect to the logits: in `grad`, or in a new array.
    #[pyo3(signature = (logits, targets, grad=None))]
    fn loss_and_grad<'py>(
        &self,
        py: Python<'py>,
        logits: &Bound<'py, PyAny>,
        targets: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(f64, Bound<'py, PyAny>)> {
        with_real!("logits", logits, E => {
            let x = read::<E>("logits", logits)?;
            let grad = output::<E>(py, "grad", grad, x.shape())?;
            let mut out = write::<E>("grad", &grad)?;
            let task = Task::Grad(slice(&x)?, slice_mut(&mut out)?);
            Ok((self.call(py, task, x.shape(), targets)?, grad))
        })
    }

    /// The loss; the logits become its gradient.
    fn loss_and_grad_in_place(
        &self,
        py: Python<'_>,
        logits: &Bound<'_, PyAny>,
        targets: &Bound<'_, PyAny>,
    ) -> PyResult<f64> {
        with_real!("logits", logits, E => {
            let mut x = write::<E>("logits", logits)?;
            let shape = x.shape().to_vec();
            self.call(py, Task::InPlace(slice_mut(&mut x)?), &shape, targets)
        })
    }

    /// The loss of each row, in `out` or in a new array.
    #[pyo3(signature = (logits, targets, out=None))]
    fn losses<'py>(
        &self,
        py: Python<'py>,
        logits: &Bound<'py, PyAny>,
        targets: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        with_real!("logits", logits, E => {
            let x = read::<E>("logits", logits)?;
            let losses = output::<E>(py, "out", out, rows(x.shape())?.1)?;
            let mut out = write::<E>("out", &losses)?;
            let task = Task::Losses(slice(&x)?, slice_mut(&mut out)?);
            self.call(py, task, x.shape(), targets)?;
            Ok(losses)
        })
    }

    /// `upstream` of each row times the gradient of its loss, in `grad` or in a new array.
    #[pyo3(signature = (logits, targets, upstream, grad=None))]
    fn backward<'py>(
        &self,
        py: Python<'py>,
        logits: &Bound<'py, PyAny>,
        targets: &Bound<'py, PyAny>,
        upstream: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        with_real!("logits", logits, E => {
            let x = read::<E>("logits", logits)?;
            let u = read_like::<E>("upstream", upstream, rows(x.shape())?.1)?;
            let grad = output::<E>(py, "grad", grad, x.shape())?;
            let mut out = write::<E>("grad", &grad)?;
            let task = Task::Backward(slice(&x)?, slice(&u)?, slice_mut(&mut out)?);
            self.call(py, task, x.shape(), targets)?;
            Ok(grad)
        })
    }

    /// The first derivatives of each row's loss and the diagonal of the second, times
    /// `hessian_factor`, which nothing divides: in `grad` and `hess`, or in new arrays.
    #[pyo3(signature = (logits, targets, grad=None, hess=None, *, hessian_factor=1.0))]
    #[allow(clippy::too_many_arguments)]
    fn grad_hess<'py>(
        &self,
        py: Python<'py>,
        logits: &Bound<'py, PyAny>,
        targets: &Bound<'py, PyAny>,
        grad: Option<&Bound<'py, PyAny>>,
        hess: Option<&Bound<'py, PyAny>>,
        hessian_factor: f64,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        with_real!("logits", logits, E => {
            let x = read::<E>("logits", logits)?;
            let grad = output::<E>(py, "grad", grad, x.shape())?;
            let hess = output::<E>(py, "hess", hess, x.shape())?;
            let (mut g, mut h) = (write::<E>("grad", &grad)?, write::<E>("hess", &hess)?);
            let out = [slice_mut(&mut g)?, slice_mut(&mut h)?];
            self.twice(py, slice(&x)?, x.shape(), targets, hessian_factor, out)?;
            Ok((grad, hess))
        })
    }
}
