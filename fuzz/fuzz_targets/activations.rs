//! Any bits for an activation or dropout, on every level.

#![no_main]

gradstep_fuzz::target! {
    activation::activation,
    dropout::dropout,
}
