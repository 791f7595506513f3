//! Losses of one prediction and one target.

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod blocks;
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
pub use grad_hess::{Derivatives, GradHess, Twice, TwiceDifferentiable};
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

/// The losses of THE list of built-in kernels (`element.rs`): a new one is a new line, and a
/// second one if it has a second derivative.
macro_rules! losses {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Evaluate<'a, $E, Mse>,
            Evaluate<'a, $E, L1>,
            Evaluate<'a, $E, LogCosh>,
            Evaluate<'a, $E, SmoothL1<$E>>,
            Evaluate<'a, $E, Huber<$E>>,
            Evaluate<'a, $E, Quantile<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropy<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropyWithLogits<$E>>,
            Evaluate<'a, $E, Focal<$E>>,
            Evaluate<'a, $E, SquaredHinge>,
            Evaluate<'a, $E, ModifiedHuber>,
            Evaluate<'a, $E, Poisson>,
            Evaluate<'a, $E, Gamma>,
            Evaluate<'a, $E, Tweedie<$E>>,
            Evaluate<'a, $E, KlDivergence>,
            GradHess<'a, $E, Mse>,
            GradHess<'a, $E, LogCosh>,
            GradHess<'a, $E, SmoothL1<$E>>,
            GradHess<'a, $E, Huber<$E>>,
            GradHess<'a, $E, BinaryCrossEntropyWithLogits<$E>>,
            GradHess<'a, $E, SquaredHinge>,
            GradHess<'a, $E, ModifiedHuber>,
            GradHess<'a, $E, Poisson>,
            GradHess<'a, $E, Gamma>,
            GradHess<'a, $E, Tweedie<$E>>,
        }
    };
}
pub(crate) use losses;
