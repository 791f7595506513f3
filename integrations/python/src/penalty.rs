//! Least squares with an elastic net, one weight after the other.

use crate::arrays::{
    output, read, read_like, refused, slice, slice_mut, with_real, write, write_like,
};
use kernels::penalty::{self, Coordinates, Design, LeastSquares};
use numpy::PyUntypedArrayMethods;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// `l1 sum |w| + l2 / 2 sum w^2`, added to `||y - X w||^2 / (2 denominator)`.
///
/// The matrix is given as its columns, an array of shape [features, rows]: `X.T` of an `X` in
/// Fortran order.
#[pyclass(frozen, module = "gradstep")]
pub(crate) struct Penalty(penalty::Penalty);

#[pymethods]
impl Penalty {
    #[new]
    #[pyo3(signature = (l1=0.0, l2=0.0))]
    fn new(l1: f64, l2: f64) -> PyResult<Self> {
        let new = || penalty::Penalty::new().l1(l1)?.l2(l2);
        new().map(Self).map_err(refused)
    }

    /// One sweep of coordinate descent: weights become what is best for each while all others
    /// stay, and `residual`, `y - X w`, goes with them. Returns the largest change of a weight.
    /// With `nonzero_only`, weights of 0 stay.
    #[pyo3(signature = (columns, squared_norms, denominator, w, residual, *, nonzero_only=false))]
    #[allow(clippy::too_many_arguments)]
    fn coordinate_descent(
        &self,
        py: Python<'_>,
        columns: &Bound<'_, PyAny>,
        squared_norms: &Bound<'_, PyAny>,
        denominator: f64,
        w: &Bound<'_, PyAny>,
        residual: &Bound<'_, PyAny>,
        nonzero_only: bool,
    ) -> PyResult<f64> {
        with_real!("columns", columns, E => {
            let columns = read::<E>("columns", columns)?;
            let [features, rows] = matrix(columns.shape())?;
            let norms = read_like::<f64>("squared_norms", squared_norms, &[features])?;
            let mut w = write_like::<E>("w", w, &[features])?;
            let mut residual = write_like::<E>("residual", residual, &[rows])?;
            let design =
                Design { columns: slice(&columns)?, squared_norms: slice(&norms)?, denominator };
            let coordinates = if nonzero_only { Coordinates::Nonzero } else { Coordinates::All };
            let (w, residual) = (slice_mut(&mut w)?, slice_mut(&mut residual)?);
            py.detach(|| self.0.coordinate_descent(design, coordinates, w, residual))
                .map_err(refused)
        })
    }

    /// An upper bound on how far the objective is above its minimum; `xt_residual` is
    /// `X^T residual`.
    fn duality_gap(
        &self,
        py: Python<'_>,
        w: &Bound<'_, PyAny>,
        residual: &Bound<'_, PyAny>,
        xt_residual: &Bound<'_, PyAny>,
        y: &Bound<'_, PyAny>,
        denominator: f64,
    ) -> PyResult<f64> {
        with_real!("w", w, E => {
            let w = read::<E>("w", w)?;
            let xt_residual = read_like::<E>("xt_residual", xt_residual, w.shape())?;
            let residual = read::<E>("residual", residual)?;
            let y = read_like::<E>("y", y, residual.shape())?;
            let problem = LeastSquares {
                w: slice(&w)?,
                residual: slice(&residual)?,
                xt_residual: slice(&xt_residual)?,
                y: slice(&y)?,
                denominator,
            };
            py.detach(|| self.0.duality_gap(problem)).map_err(refused)
        })
    }
}

/// The square of the norm of each column, float64, in `out` or in a new array.
#[pyfunction]
#[pyo3(signature = (columns, out=None))]
pub(crate) fn squared_norms<'py>(
    py: Python<'py>,
    columns: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    with_real!("columns", columns, E => {
        let columns = read::<E>("columns", columns)?;
        let [features, rows] = matrix(columns.shape())?;
        let norms = output::<f64>(py, "out", out, &[features])?;
        let mut out = write::<f64>("out", &norms)?;
        let (columns, out) = (slice(&columns)?, slice_mut(&mut out)?);
        py.detach(|| penalty::squared_norms(columns, rows, out)).map_err(refused)?;
        Ok(norms)
    })
}

fn matrix(shape: &[usize]) -> PyResult<[usize; 2]> {
    shape.try_into().map_err(|_| {
        PyValueError::new_err(format!("`columns` must have two axes, not the shape {shape:?}"))
    })
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Penalty>()?;
    module.add_function(wrap_pyfunction!(squared_norms, module)?)
}
