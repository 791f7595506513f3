//! Proximal operators.

use crate::arrays::{read_like, refused, slice, slice_mut, with_real, write};
use kernels::{Groups, prox};
use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident($($parameter:ident: $type:ty),*) |$E:ident, $x:ident| $apply:expr;)*) => {
        $(
            $(#[$doc])*
            #[pyfunction]
            pub(crate) fn $name(
                py: Python<'_>,
                x: &Bound<'_, PyAny>,
                $($parameter: $type,)*
            ) -> PyResult<usize> {
                with_real!("x", x, $E => {
                    let mut x = write::<$E>("x", x)?;
                    let $x = slice_mut(&mut x)?;
                    py.detach(|| $apply).map_err(refused)
                })
            }
        )*

        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)*
            module.add_function(wrap_pyfunction!(weighted_soft_threshold, module)?)
        }
    };
}

operators! {
    /// Shrinks each element towards 0 by `lam`, in place; returns the number of zeros left.
    soft_threshold(lam: f64) |E, x|
        prox::SoftThreshold::new(lam).and_then(|p| p.apply_and_count(x));
    /// `max(x - lam, 0)` in place; returns the number of zeros left.
    nonnegative_soft_threshold(lam: f64) |E, x|
        prox::NonnegativeSoftThreshold::new(lam).and_then(|p| p.apply_and_count(x));
    /// The soft-threshold by `l1`, divided by `1 + l2`, in place; returns the number of zeros left.
    elastic_net(l1: f64, l2: f64) |E, x|
        prox::ElasticNet::new(l1, l2).and_then(|p| p.apply_and_count(x));
    /// What is outside goes to the nearer end, in place; returns the number of zeros left.
    box_constraint(low: f64, high: f64) |E, x|
        prox::BoxConstraint::new(low, high).and_then(|p| p.apply_and_count(x));
    /// Elements of a size of at most `lam` become 0, in place; returns the number of zeros left.
    hard_threshold(lam: f64) |E, x|
        prox::HardThreshold::new(lam).and_then(|p| p.apply_and_count(x));
    /// Shrinks each group of `length` elements by `lam` in its norm, in place; returns the
    /// number of zeros left.
    group_soft_threshold(lam: f64, length: usize) |E, x| Groups::of_length(length)
        .and_then(|groups| prox::GroupSoftThreshold::new(lam, groups))
        .and_then(|p| p.apply_and_count(x));
}

/// The soft-threshold with a `lam` for each element, in place; returns the number of zeros left.
#[pyfunction]
pub(crate) fn weighted_soft_threshold(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    lam: &Bound<'_, PyAny>,
) -> PyResult<usize> {
    with_real!("x", x, E => {
        let mut x = write::<E>("x", x)?;
        let lam = read_like::<E>("lam", lam, x.shape())?;
        let (x, lam) = (slice_mut(&mut x)?, slice(&lam)?);
        py.detach(|| prox::WeightedSoftThreshold::new(lam)?.apply_and_count(x)).map_err(refused)
    })
}
