//! All integration tests in one binary: `tests/<operation>.rs` each. References of higher
//! precision, edge numbers, laws and tolerances are those of `gradstep-check`.

#![allow(unreachable_pub)] // a binary has no other crate to reach
// Remainders and tables of calls read better as they are.
#![allow(clippy::manual_is_multiple_of, clippy::match_like_matches_macro, clippy::type_complexity)]
// Every list of operations is asked for by its type.
#![allow(clippy::extra_unused_type_parameters)]

/// Each test in both types.
macro_rules! in_both_types {
    ($($test:ident)*) => {$(
        mod $test {
            #[test]
            fn in_f32() {
                super::$test::<f32>();
            }
            #[test]
            fn in_f64() {
                super::$test::<f64>();
            }
        }
    )*};
}

mod activation;
mod adam;
mod adam_w;
mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod box_constraint;
mod certificate;
mod clip_grad;
mod conformance;
mod coordinate_descent;
mod cross_entropy;
mod diabetes;
mod dropout;
mod elastic_net;
mod elementwise;
mod ends;
mod formula;
mod group_penalty;
mod group_soft_threshold;
mod guard;
mod hard_threshold;
mod huber;
mod hyper_parameters;
mod irls;
mod l1;
mod lessons;
mod levels;
mod lion;
mod logsumexp;
mod math;
mod mse;
mod nadam;
mod nonnegative_soft_threshold;
mod penalty;
mod pointwise;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod proximal;
mod quantile;
mod reference;
mod refusals;
mod settings;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod softmax;
mod tables;
mod tensors;
mod threads;
mod tolerance;
mod train_csv;
mod train_model;
mod tree;
mod update;
mod weighted_soft_threshold;

pub(crate) use gradstep_check::numbers;
