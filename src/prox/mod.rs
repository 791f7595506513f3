//! Proximal operators: `prox(x) = argmin_u (u - x)^2 / 2 + penalty(u)`.
//!
//! | operator | penalty | result |
//! |---|---|---|
//! | [`soft_threshold`], [`SoftThreshold`] | `lambda \|u\|` | `sign(x) max(\|x\| - lambda, 0)` |
//! | [`WeightedSoftThreshold`] | `lambda_i \|u_i\|` | the same with a threshold of each element |

mod soft_threshold;
mod weighted_soft_threshold;

pub use soft_threshold::{SoftThreshold, soft_threshold};
pub use weighted_soft_threshold::WeightedSoftThreshold;
