//! Any bits for `clip_grad`, on every level.

#![no_main]

gradstep_fuzz::target!(regularisers::clip_grad);
