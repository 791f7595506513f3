//! The recorded bits alone, for builds with other features:
//! `cargo test -p gradstep-tests --test bits --no-default-features`. They are tests of the
//! one binary, too.

#![allow(unreachable_pub)] // a binary has no other crate to reach
#![allow(dead_code)] // what only the other tests use

mod losses;
mod numbers;
mod reference;
mod threads;
