//! Any bits for `lion`, on every level.

#![no_main]

gradstep_fuzz::target!(averages::lion);
