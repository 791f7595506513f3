//! One file per operation, by its stem.

use crate::suite::is_built;
use criterion::Criterion;

mod listed;
mod pointwise;
mod proximal;
mod updates;

macro_rules! operations {
    ($($stem:ident)*) => {
        $(mod $stem;)*

        pub(crate) fn bench(criterion: &mut Criterion) {
            // The losses and updates of the catalogue, each by its own stem.
            listed::bench(criterion);
            updates::bench(criterion);
            $(
                if const { is_built(stringify!($stem)) } {
                    $stem::bench(criterion);
                }
            )*
        }
    };
}

operations! {
    cross_entropy
    logsumexp
    softmax
    soft_threshold
    weighted_soft_threshold
    nonnegative_soft_threshold
    elastic_net
    box_constraint
    hard_threshold
    group_soft_threshold
    penalty
    group_penalty
    certificate
    coordinate_descent
    clip_grad
    own
    tables
    tensors
    activation
    dropout
    math
    reduce
}
