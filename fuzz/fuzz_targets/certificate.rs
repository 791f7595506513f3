//! Any bits for `certificate`, on every level.

#![no_main]

gradstep_fuzz::target!(regularisers::certificate);
