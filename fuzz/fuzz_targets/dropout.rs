//! Any bits for `dropout`, on every level.

#![no_main]

gradstep_fuzz::target!(dropout::dropout);
