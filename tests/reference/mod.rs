//! The references of `gradstep_check`, and what checks them.

pub(crate) use gradstep_check::reference::*;

mod check;
