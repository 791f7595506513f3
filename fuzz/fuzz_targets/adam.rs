//! Any bits for `adam`, on every level.

#![no_main]

gradstep_fuzz::target!(adam::adam);
