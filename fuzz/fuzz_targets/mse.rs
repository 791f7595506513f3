//! Any bits for `mse`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::mse);
