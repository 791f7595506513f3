//! Any bits for an update, or clipping before it, on every level.

#![no_main]

gradstep_fuzz::target! {
    momentum::sgd_momentum,
    update::prox_sgd,
    momentum::prox_momentum,
    adam::adam,
    adam::adam_w,
    adam::prox_adam_w,
    listed_update::update,
    regularisers::clip_grad,
}
