//! Any bits for `box_constraint`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::box_constraint);
