//! Any bits for `huber`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::huber);
