//! Losses of one prediction and one target.

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod huber;
mod l1;
mod log_cosh;
mod mse;
mod pointwise;
mod smooth_l1;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use huber::Huber;
pub use l1::L1;
pub use log_cosh::LogCosh;
pub use mse::Mse;
pub use pointwise::{Evaluate, Pointwise, Wanted};
pub use smooth_l1::SmoothL1;
