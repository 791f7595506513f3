//! Any bits for `l1`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::l1);
