//! What every kernel is compared against: the formulas of the operations,
//! written case by case and evaluated in double-double arithmetic.
//!
//! Nothing of the crate is used here and nothing outside `core` and `std`, so
//! a mistake in a kernel cannot repeat itself in its reference. Inputs are
//! `f64`; `f32` data widens to it exactly. Results are [`Double`], about 31
//! digits with an exponent range far beyond `f64`, and [`ulp`] measures a
//! kernel's `f32` or `f64` result against them.
//!
//! Arguments that the crate refuses (a negative `beta`, a target out of range)
//! panic here: a test that sends them expects no value.

pub mod adaptive;
pub mod cross_entropy;
pub mod double;
pub mod dropout;
pub mod functions;
pub mod pointwise;
pub mod prox;
pub mod round;
pub mod ulp;
pub mod update;

pub use double::Double;
pub use round::Format;
