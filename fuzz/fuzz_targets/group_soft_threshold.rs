//! Any bits for `group_soft_threshold`, on every level.

#![no_main]

gradstep_fuzz::target!(regularisers::group_soft_threshold);
