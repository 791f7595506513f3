//! Any bits for `sgd_momentum`, on every level.

#![no_main]

gradstep_fuzz::target!(momentum::sgd_momentum);
