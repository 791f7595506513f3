//! Any bits for `penalty`, on every level.

#![no_main]

gradstep_fuzz::target!(regularisers::penalty);
