//! Any bits for a function of vector math or a sum, on every level.

#![no_main]

gradstep_fuzz::target! {
    math::math,
    reduce::reduce,
}
