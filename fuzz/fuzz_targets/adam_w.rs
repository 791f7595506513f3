//! Any bits for `adam_w`, on every level.

#![no_main]

gradstep_fuzz::target!(adam::adam_w);
