//! Any bits for `activation`, on every level.

#![no_main]

gradstep_fuzz::target!(activation::activation);
