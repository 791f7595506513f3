//! Any bits for one of the losses of the catalogue, on every level.

#![no_main]

gradstep_fuzz::target!(pointwise::losses, curves::curves);
