//! Any bits for `cross_entropy`, on every level.

#![no_main]

gradstep_fuzz::target!(cross_entropy::cross_entropy);
