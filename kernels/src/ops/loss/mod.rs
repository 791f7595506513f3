//! Losses of one prediction and one target.

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod focal;
mod gamma;
mod grad_hess;
mod huber;
mod kl_divergence;
mod l1;
mod log_cosh;
mod modified_huber;
mod mse;
mod pointwise;
mod poisson;
mod quantile;
mod smooth_l1;
mod squared_hinge;
mod tweedie;
mod wanted;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use focal::Focal;
pub use gamma::Gamma;
pub use grad_hess::{Derivatives, GradHess, TwiceDifferentiable};
pub use huber::Huber;
pub use kl_divergence::KlDivergence;
pub use l1::L1;
pub use log_cosh::LogCosh;
pub use modified_huber::ModifiedHuber;
pub use mse::Mse;
pub use pointwise::{Evaluate, Pointwise};
pub use poisson::Poisson;
pub use quantile::Quantile;
pub use smooth_l1::SmoothL1;
pub use squared_hinge::SquaredHinge;
pub use tweedie::Tweedie;
pub use wanted::Wanted;
