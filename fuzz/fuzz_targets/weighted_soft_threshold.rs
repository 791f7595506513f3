//! Any bits for `weighted_soft_threshold`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::weighted_soft_threshold);
