//! One file per operation, by its stem.

mod activation;
mod adam;
mod adam_w;
mod box_constraint;
mod certificate;
mod clip_grad;
mod cross_entropy;
mod dropout;
mod elastic_net;
mod group_penalty;
mod group_soft_threshold;
mod hard_threshold;
mod lion;
mod listed;
mod logsumexp;
mod math;
mod nonnegative_soft_threshold;
mod penalty;
mod pointwise;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod proximal;
mod reduce;
mod sgd;
mod sgd_momentum;
mod soft_threshold;
mod softmax;
mod tensors;
mod weighted_soft_threshold;

use criterion::Criterion;

pub(crate) fn bench(criterion: &mut Criterion) {
    listed::bench(criterion);
    cross_entropy::bench(criterion);
    logsumexp::bench(criterion);
    softmax::bench(criterion);
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
    adam::bench(criterion);
    adam_w::bench(criterion);
    lion::bench(criterion);
    prox_momentum::bench(criterion);
    prox_adam_w::bench(criterion);
    tensors::bench(criterion);
    activation::bench(criterion);
    dropout::bench(criterion);
    math::bench(criterion);
    reduce::bench(criterion);
}
