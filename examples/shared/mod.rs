//! What the lessons share: their command line, pictures, data and random numbers.

#![allow(dead_code, unused_imports, reason = "a lesson uses some of it")]

pub(crate) mod command;
pub(crate) mod matrix;
pub(crate) mod picture;
pub(crate) mod random;
pub(crate) mod regression;
pub(crate) mod table;

pub(crate) use command::{Outcome, Report, progress, run};
pub(crate) use picture::Panel;
