//! Any bits for one of the losses in `tests/losses.rs`, on every level.

#![no_main]

gradstep_fuzz::target!(listed::losses);
