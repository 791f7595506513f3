//! Any bits for `elastic_net`, on every level.

#![no_main]

gradstep_fuzz::target!(prox::elastic_net);
