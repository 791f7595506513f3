//! NumPy arrays as slices: without copies, or refused.

use kernels::Element;
use kernels::loss::AnyTarget;
use numpy::{
    BorrowError, IxDyn, PyArrayDyn, PyArrayMethods, PyReadonlyArray, PyReadwriteArray,
    PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Element types that NumPy and gradstep have.
pub(crate) trait Real: Element + numpy::Element + AnyTarget<Self> {}
impl Real for f32 {}
impl Real for f64 {}

pub(crate) type Read<'py, T> = PyReadonlyArray<'py, T, IxDyn>;
pub(crate) type Write<'py, T> = PyReadwriteArray<'py, T, IxDyn>;

/// Whether a call computes in `f32`.
pub(crate) fn is_single(name: &str, any: &Bound<'_, PyAny>) -> PyResult<bool> {
    if any.cast::<PyArrayDyn<f32>>().is_ok() {
        Ok(true)
    } else if any.cast::<PyArrayDyn<f64>>().is_ok() {
        Ok(false)
    } else {
        Err(refuse_type(name, any, "float32 or float64"))
    }
}

/// `$body` with `$E` as the element type of the array `$any`.
macro_rules! with_real {
    ($name:literal, $any:expr, $E:ident => $body:expr) => {
        if $crate::arrays::is_single($name, $any)? {
            type $E = f32;
            $body
        } else {
            type $E = f64;
            $body
        }
    };
}
pub(crate) use with_real;

/// The refusal of what is no array, or one of another type. Texts are made here alone: those
/// of NumPy's types take microseconds.
#[cold]
fn refuse_type(name: &str, any: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    let found = match any.cast::<PyUntypedArray>() {
        Ok(array) => array.dtype().to_string(),
        Err(_) => any.get_type().name().map_or_else(|_| "?".into(), |name| name.to_string()),
    };
    PyTypeError::new_err(format!("`{name}` must be a NumPy array of {expected}, not {found}"))
}

/// An array of `T` whose elements follow each other as in C.
fn typed<'a, 'py, T: numpy::Element>(
    name: &str,
    any: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyArrayDyn<T>>> {
    let Ok(array) = any.cast::<PyArrayDyn<T>>() else {
        let expected = numpy::dtype::<T>(any.py()).to_string();
        return Err(refuse_type(name, any, &expected));
    };
    if !array.is_c_contiguous() {
        let (shape, strides) = (array.shape(), array.strides());
        return Err(PyValueError::new_err(format!(
            "`{name}` must be C-contiguous; its shape {shape:?} has strides of {strides:?} bytes"
        )));
    }
    Ok(array)
}

/// Of the shape of another argument.
pub(crate) fn check_shape(name: &str, expected: &[usize], found: &[usize]) -> PyResult<()> {
    if expected == found {
        return Ok(());
    }
    let text = format!("`{name}` must have the shape {expected:?}, not {found:?}");
    Err(PyValueError::new_err(text))
}

pub(crate) fn read<'py, T: numpy::Element>(
    name: &str,
    any: &Bound<'py, PyAny>,
) -> PyResult<Read<'py, T>> {
    typed(name, any)?.try_readonly().map_err(|error| borrow(name, &error))
}

pub(crate) fn write<'py, T: numpy::Element>(
    name: &str,
    any: &Bound<'py, PyAny>,
) -> PyResult<Write<'py, T>> {
    typed(name, any)?.try_readwrite().map_err(|error| borrow(name, &error))
}

/// The same, of the shape of another argument.
pub(crate) fn read_like<'py, T: numpy::Element>(
    name: &str,
    any: &Bound<'py, PyAny>,
    shape: &[usize],
) -> PyResult<Read<'py, T>> {
    let array = read(name, any)?;
    check_shape(name, shape, array.shape())?;
    Ok(array)
}

pub(crate) fn write_like<'py, T: numpy::Element>(
    name: &str,
    any: &Bound<'py, PyAny>,
    shape: &[usize],
) -> PyResult<Write<'py, T>> {
    let array = write(name, any)?;
    check_shape(name, shape, array.shape())?;
    Ok(array)
}

/// The caller's array to write to, or a new one.
pub(crate) fn output<'py, T: numpy::Element>(
    py: Python<'py>,
    name: &str,
    given: Option<&Bound<'py, PyAny>>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    match given {
        Some(given) => {
            check_shape(name, shape, typed::<T>(name, given)?.shape())?;
            Ok(given.clone())
        }
        None => Ok(PyArrayDyn::<T>::zeros(py, shape, false).into_any()),
    }
}

fn borrow(name: &str, error: &BorrowError) -> PyErr {
    let text = match error {
        BorrowError::NotWriteable => format!("`{name}` is read-only"),
        _ => format!("`{name}` shares memory with another argument of the call"),
    };
    PyValueError::new_err(text)
}

/// The elements of a readable array.
pub(crate) fn slice<'a, T: numpy::Element>(array: &'a Read<'_, T>) -> PyResult<&'a [T]> {
    array.as_slice().map_err(|error| PyValueError::new_err(error.to_string()))
}

pub(crate) fn slice_mut<'a, T: numpy::Element>(
    array: &'a mut Write<'_, T>,
) -> PyResult<&'a mut [T]> {
    array.as_slice_mut().map_err(|error| PyValueError::new_err(error.to_string()))
}

/// What gradstep refuses, with its text.
pub(crate) fn refused(error: kernels::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}
