//! The checks that gradstep's own kernels pass, for formulas of your own.

#![forbid(unsafe_code)]

mod failure;
pub mod laws;
pub mod numbers;
pub mod reference;
pub mod tolerance;

pub use failure::{Failure, Outcome};
