//! All integration tests in one binary: `tests/<operation>.rs` each, references
//! of higher precision in `reference`, every tolerance in `tolerance`.

#![allow(unreachable_pub)] // a binary has no other crate to reach
// Remainders and tables of calls read better as they are.
#![allow(clippy::manual_is_multiple_of, clippy::match_like_matches_macro, clippy::type_complexity)]

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod box_constraint;
mod certificate;
mod clip_grad;
mod conformance;
mod cross_entropy;
mod diabetes;
mod elastic_net;
mod elementwise;
mod group_penalty;
mod group_soft_threshold;
mod guard;
mod hard_threshold;
mod huber;
mod l1;
mod levels;
mod logsumexp;
mod math;
mod mse;
mod nonnegative_soft_threshold;
mod numbers;
mod penalty;
mod pointwise;
mod prox_sgd;
mod proximal;
mod reference;
mod refusals;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod threads;
mod tolerance;
mod train_csv;
mod train_model;
mod tree;
mod weighted_soft_threshold;
