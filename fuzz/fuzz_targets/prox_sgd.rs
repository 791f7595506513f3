//! Any bits for `prox_sgd`, on every level.

#![no_main]

gradstep_fuzz::target!(update::prox_sgd);
