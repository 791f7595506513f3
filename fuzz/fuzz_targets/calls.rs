//! Any bits for any call with any option, on every level.

#![no_main]

gradstep_fuzz::target!(calls::calls);
