//! One file per operation: the formula and nothing else.

mod soft_threshold;

pub use soft_threshold::SoftThreshold;
