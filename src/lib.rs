//! The arithmetic of one gradient step on plain slices of `f32` and `f64`: loss
//! and gradient, proximal operator, fused weight-decay update.
//!
//! Every call runs hand-written SIMD kernels for the machine that it finds
//! itself on (AVX-512, AVX2, SSE2, NEON, wasm simd128, or scalar code), chosen at
//! run time in a plain release build; wasm alone must be told to the compiler, by
//! `-Ctarget-feature=+simd128`. Results do not depend on the number of
//! threads, on alignment, or on where in a slice an element stands. What can't be
//! computed is an [`Error`], and a refused call has written nothing.
//!
//! ```
//! use gradstep::{loss::SmoothL1, update::ProxSgd};
//!
//! // One step of Smooth-L1 regression with an L1 penalty, for y = w x at x = 1.
//! let mut weights = [0.75f32, 0.01, -2.0];
//! let targets = [0.5f32, 0.0, -2.5];
//! let mut grad = [0.0; 3];
//! let loss = SmoothL1::new(1.0)?.loss_and_grad(&weights, &targets, &mut grad)?;
//! assert!(loss < 0.06);
//!
//! ProxSgd::new(0.1)?.l1(0.5)?.step(&mut weights, &grad)?;
//! assert_eq!(weights[1], 0.0); // the useless weight is exactly 0
//! # Ok::<(), gradstep::Error>(())
//! ```
//!
//! * [`loss`]: value, gradient, both in one pass, in place, per element, backward
//! * [`prox`]: soft-threshold (plain, weighted, non-negative, by groups), elastic net,
//!   box, hard threshold
//! * [`penalty`]: L1, L2, elastic net, group norms; the strength that makes all weights
//!   0, and certificates of optimality
//! * [`Softmax`], [`LogSoftmax`] and [`LogSumExp`] over rows
//! * [`update`]: gradient steps with weight decay, momentum, averages of squares, and
//!   L1, for one tensor or a list of them
//! * [`activation`] with derivatives, and [`Dropout`] without a mask buffer
//!
//! * [`formula`]: a loss, an operator, an update or an activation of your own, with the methods,
//!   levels and threads of the built-in ones
//!
//! The [`specification`] says what each computes, to the last special case. The [`guide`] says
//! which loss, which regulariser and which update to take, with
//! pictures, and what calls of PyTorch, ndarray, candle and scikit-learn become.
//!
//! # Conventions
//!
//! * **Data is a slice of `f32` or `f64`; a number alone is `f64`**, be it a parameter, a
//!   strength or a result. A parameter is rounded once to the type of the data; one that this
//!   type can't hold is an [`Error::Parameter`].
//! * **`apply` works in place, `apply_into` into another slice**, `backward` takes the upstream
//!   gradient; all return a `Result`.
//! * **An operation is a value**: `new` takes what it can't do without, a method of its own sets
//!   each option, and the last one, with slices, computes.
//!
//! # Guarantees
//!
//! * **Same bits** for any number of threads, with or without the `rayon`
//!   feature, and on every [`Level`] whose [`Level::fused`] is true. Kernels
//!   without an exponential or a logarithm give the same bits on all levels.
//! * **NaN in, NaN out**, for that element and the sums that include it.
//! * **No panic, no allocation**: arguments are checked before anything is written.
//!
//! # Features
//!
//! `rayon` (default) spreads large slices over the caller's rayon pool; `std`
//! (default) reads `GRADSTEP_MAX_LEVEL`, which caps the level for debugging.
//! Without both the crate is `no_std`.
//!
//! `alloc` (on with `std`) has [`Owned`](loss::Owned), a loss that keeps its weights; `serde`
//! (off by default) writes and reads all options and refuses what their constructors refuse.
//! Infinity is no JSON.
//!
//! Each family of operations is a feature, all on by default, so that a crate that needs few
//! of them builds few of them: `losses` (one prediction, one target), `rows` (cross-entropy,
//! softmax and what belongs to them), `prox`, `updates`, `penalties`, `activations` (with
//! dropout).
//!
//! A release build compiles the kernels that are called, where they are called; with
//! `compiled-once` all of them, in this package, as a debug build does anyway. That is without
//! AVX-512, whose results are those of AVX2, unless `debug-avx512` asks for it.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
// A family that is off leaves some of what it shares with others unused.
#![cfg_attr(not(feature = "families"), allow(dead_code, unused_imports, unused_macros))]

#[cfg(feature = "alloc")]
extern crate alloc;

#[cfg(feature = "activations")]
pub mod activation;
mod check;
#[cfg(feature = "activations")]
mod dropout;
mod error;
mod execution;
pub mod formula;
#[doc = include_str!("guide.md")]
pub mod guide {}
#[doc = include_str!("specification.md")]
pub mod specification {}
mod groups;
#[cfg(any(feature = "losses", feature = "rows"))]
pub mod loss;
#[cfg(feature = "penalties")]
pub mod penalty;
#[cfg(feature = "prox")]
pub mod prox;
mod reduction;
#[cfg(feature = "rows")]
mod rows;
mod settings;
mod split;
#[cfg(feature = "updates")]
pub mod update;

#[cfg(feature = "activations")]
pub use dropout::Dropout;
pub use error::Error;
pub use execution::Execution;
/// All of the kernels, for `gradstep-check` and adapters that name formulas. What is public for good
/// is exported by name, from here and from [`formula`]; the rest may change in any version.
#[doc(hidden)]
pub use gradstep_kernels as kernels;
pub use gradstep_kernels::{Element, Level, NoSuchLevel};
pub use groups::Groups;
pub use reduction::{EmptyMean, Reduction};
#[cfg(feature = "rows")]
pub use rows::{AnySoftmax, LogSoftmax, LogSumExp, Softmax};

/// The README's code runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
