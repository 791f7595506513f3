//! Proximal operators.

mod box_constraint;
mod elastic_net;
mod group_soft_threshold;
mod hard_threshold;
mod nonnegative_soft_threshold;
mod proximal;
mod soft_threshold;
mod weighted_soft_threshold;

pub use box_constraint::BoxConstraint;
pub use elastic_net::ElasticNet;
pub use group_soft_threshold::GroupSoftThreshold;
pub use hard_threshold::HardThreshold;
pub use nonnegative_soft_threshold::NonnegativeSoftThreshold;
pub use proximal::{ApplyProx, Proximal};
pub use soft_threshold::SoftThreshold;
pub use weighted_soft_threshold::WeightedSoftThreshold;

/// The proximal operators of THE list of built-in kernels (`element.rs`): a new one is a new
/// line.
macro_rules! prox {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            ApplyProx<'a, $E, SoftThreshold<$E>>,
            ApplyProx<'a, $E, NonnegativeSoftThreshold<$E>>,
            ApplyProx<'a, $E, ElasticNet<$E>>,
            ApplyProx<'a, $E, BoxConstraint<$E>>,
            ApplyProx<'a, $E, HardThreshold<$E>>,
            WeightedSoftThreshold<'a, $E>,
            GroupSoftThreshold<'a, $E>,
        }
    };
}
pub(crate) use prox;
