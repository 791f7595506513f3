//! Any bits for `sgd`, on every level.

#![no_main]

gradstep_fuzz::target!(update::sgd);
