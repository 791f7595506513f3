//! Any bits for a penalty or certificate, on every level.

#![no_main]

gradstep_fuzz::target! {
    regularisers::penalty,
    regularisers::group_penalty,
    regularisers::certificate,
    regularisers::coordinate_descent,
}
