//! Any bits for `soft_threshold`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::soft_threshold);
