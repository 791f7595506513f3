//! What the lessons share: their command line, pictures, data and random numbers.

pub mod coefficients;
pub mod command;
pub mod matrix;
pub mod network;
pub mod picture;
pub mod random;
pub mod regression;
pub mod table;

pub use command::{Outcome, Report, progress, run};
pub use picture::Panel;
