//! All integration tests in one binary: `tests/<operation>.rs` each, references
//! of higher precision in `reference`, every tolerance in `tolerance`.

mod conformance;
mod reference;
mod tolerance;
mod elementwise;
mod l1;
mod mse;
mod numbers;
mod pointwise;
