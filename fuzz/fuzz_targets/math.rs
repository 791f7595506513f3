//! Any bits for `math`, on every level.

#![no_main]

gradstep_fuzz::target!(math::math);
