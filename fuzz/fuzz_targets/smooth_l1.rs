//! Any bits for `smooth_l1`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::smooth_l1);
