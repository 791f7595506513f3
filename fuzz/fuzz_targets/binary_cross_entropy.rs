//! Any bits for `binary_cross_entropy`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::binary_cross_entropy);
