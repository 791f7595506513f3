//! The checks that [gradstep](https://docs.rs/gradstep)'s own kernels pass, for formulas of
//! your own and for other crates' kernels.
//!
//! * [`pointwise`], [`proximal`], [`update`], [`activation`]: is a formula of yours right? In `f32` and
//!   `f64`, on every level of this machine, for any length, alignment and number of threads.
//! * [`slices`]: is anybody's function on slices right, and to how many ULP?
//!
//! Both give a [`Report`]: what holds, and what does not, with the smallest input that shows
//! it.
//!
//! ```
//! use gradstep::kernels::ops::LogCosh;
//!
//! let by_hand = |p: f64, t: f64| ((p - t).cosh().ln(), (p - t).tanh());
//! let report = gradstep_check::pointwise(LogCosh).against(by_hand).run()?;
//! println!("{report}");
//! # Ok::<(), gradstep_check::Report>(())
//! ```
//!
//! What they are made of: [`reference`](mod@reference), definitions in double-double arithmetic;
//! [`numbers`], those at which formulas break; [`tolerance`], how far results may be off, and
//! why; [`laws`], one function each; and [`catalogue`], what they know of
//! losses, operators and activations of gradstep.
//!
//! The feature `rayon` (default) compares pools of threads, too.

#![forbid(unsafe_code)]

pub mod catalogue;
mod failure;
pub mod laws;
pub mod numbers;
mod own;
pub mod reference;
mod report;
pub mod slices;
pub mod tolerance;

pub use failure::{Failure, Outcome};
pub use own::{
    ActivationCheck, PointwiseCheck, ProximalCheck, UpdateCheck, activation, pointwise, proximal,
    update,
};
pub use report::Report;

/// The README's code runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
