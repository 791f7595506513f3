//! The checks that gradstep's own kernels pass, for formulas of your own.

#![forbid(unsafe_code)]

pub mod numbers;
pub mod reference;
pub mod tolerance;
