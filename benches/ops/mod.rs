//! One file per operation, by its stem.

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod box_constraint;
mod certificate;
mod clip_grad;
mod cross_entropy;
mod elastic_net;
mod group_penalty;
mod group_soft_threshold;
mod hard_threshold;
mod huber;
mod l1;
mod logsumexp;
mod math;
mod mse;
mod nonnegative_soft_threshold;
mod penalty;
mod pointwise;
mod prox_sgd;
mod proximal;
mod reduce;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod weighted_soft_threshold;

use criterion::Criterion;

pub(crate) fn bench(criterion: &mut Criterion) {
    mse::bench(criterion);
    l1::bench(criterion);
    smooth_l1::bench(criterion);
    huber::bench(criterion);
    binary_cross_entropy::bench(criterion);
    binary_cross_entropy_with_logits::bench(criterion);
    cross_entropy::bench(criterion);
    logsumexp::bench(criterion);
    soft_threshold::bench(criterion);
    weighted_soft_threshold::bench(criterion);
    nonnegative_soft_threshold::bench(criterion);
    elastic_net::bench(criterion);
    box_constraint::bench(criterion);
    hard_threshold::bench(criterion);
    group_soft_threshold::bench(criterion);
    penalty::bench(criterion);
    group_penalty::bench(criterion);
    certificate::bench(criterion);
    clip_grad::bench(criterion);
    sgd::bench(criterion);
    sgd_momentum::bench(criterion);
    prox_sgd::bench(criterion);
    math::bench(criterion);
    reduce::bench(criterion);
}
