//! Any bits for `binary_cross_entropy_with_logits`, on every level.

#![no_main]

gradstep_fuzz::target!(losses::binary_cross_entropy_with_logits);
