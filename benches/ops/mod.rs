//! One file per operation, by its stem.

mod activation;
mod adam;
mod adam_w;
mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod cross_entropy;
mod dropout;
mod huber;
mod l1;
mod lion;
mod logsumexp;
mod math;
mod mse;
mod pointwise;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod reduce;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod tensors;
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
