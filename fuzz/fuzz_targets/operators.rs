//! Any bits for one of the proximal operators of the catalogue, on every level.

#![no_main]

gradstep_fuzz::target!(prox::operators);
