//! Any bits for `prox_adam_w`, on every level.

#![no_main]

gradstep_fuzz::target!(adam::prox_adam_w);
