//! The recorded bits alone, in a build without threads: `cargo test -p gradstep-bits`. They
//! are tests of the one binary, too.

#![allow(unreachable_pub)] // a binary has no other crate to reach
#![allow(dead_code)] // what only the other tests use
#![allow(clippy::manual_is_multiple_of)] // as in `main.rs`

mod threads;

pub(crate) use gradstep_check::numbers;
