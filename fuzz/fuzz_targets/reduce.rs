//! Any bits for `reduce`, on every level.

#![no_main]

gradstep_fuzz::target!(reduce::reduce);
