//! Any bits for `prox_momentum`, on every level.

#![no_main]

gradstep_fuzz::target!(averages::prox_momentum);
