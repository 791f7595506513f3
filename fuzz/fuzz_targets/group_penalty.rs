//! Any bits for `group_penalty`, on every level.

#![no_main]

gradstep_fuzz::target!(regularisers::group_penalty);
