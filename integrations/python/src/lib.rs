//! gradstep for NumPy arrays: losses with gradients, proximal operators and updates, without
//! copies and without the GIL.

mod arrays;
mod cross_entropy;
mod formula;
mod loss;
mod penalty;
mod prox;
mod reduction;
mod task;
mod update;

use pyo3::prelude::*;

/// Losses with gradients, proximal operators and weight updates on NumPy arrays.
#[pymodule]
fn gradstep(module: &Bound<'_, PyModule>) -> PyResult<()> {
    loss::add_to(module)?;
    module.add_class::<cross_entropy::CrossEntropy>()?;
    penalty::add_to(module)?;
    prox::add_to(module)?;
    update::add_to(module)
}
