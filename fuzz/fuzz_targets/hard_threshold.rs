//! Any bits for `hard_threshold`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::hard_threshold);
