//! Any bits for an update, or clipping before it, on every level.

#![no_main]

gradstep_fuzz::target! {
    update::update,
    regularisers::clip_grad,
}
