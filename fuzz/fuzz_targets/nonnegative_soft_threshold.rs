//! Any bits for `nonnegative_soft_threshold`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::nonnegative_soft_threshold);
