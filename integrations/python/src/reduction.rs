//! How losses become one number.

use kernels::Reduction;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// `"mean"`, `"weighted_mean"`, `"sum"`, or a number to divide by.
pub(crate) fn reduction(any: Option<&Bound<'_, PyAny>>) -> PyResult<Reduction> {
    let Some(any) = any else { return Ok(Reduction::Mean) };
    if let Ok(number) = any.extract::<f64>() {
        return Ok(Reduction::DivideBy(number));
    }
    match any.extract::<String>().unwrap_or_default().as_str() {
        "mean" => Ok(Reduction::Mean),
        "weighted_mean" => Ok(Reduction::WeightedMean),
        "sum" => Ok(Reduction::Sum),
        _ => Err(PyValueError::new_err(format!(
            "`reduction` must be 'mean', 'weighted_mean', 'sum' or a number, not {any}"
        ))),
    }
}
