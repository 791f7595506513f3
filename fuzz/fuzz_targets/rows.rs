//! Any bits for an operation on rows, on every level.

#![no_main]

gradstep_fuzz::target! {
    cross_entropy::cross_entropy,
    logsumexp::logsumexp,
    logsumexp::softmax,
}
