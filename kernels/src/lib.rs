//! The SIMD kernels of [gradstep](https://docs.rs/gradstep): formulas written
//! once over lanes, run on the best instruction set of the machine.
//!
//! Most users want the `gradstep` crate, which checks arguments and spreads work
//! over threads. This crate is `no_std`, sequential and allocates nothing.
//!
//! # The import rule
//!
//! Data flows one way, and imports run the same way and never back. A room may import from
//! those behind its arrow:
//!
//! ```text
//! lanes                  ->
//! math                   ->  lanes
//! inverse                ->  lanes
//! norm                   ->  lanes
//! targets                ->  lanes, math
//! isa                    ->  lanes
//! split                  ->  lanes, isa
//! sweep                  ->  lanes, math, isa, split
//! groups                 ->  lanes, norm, split, sweep
//! ops                    ->  lanes, math, inverse, norm, targets, isa, split, sweep, groups
//! ops/task               ->
//! ops/reduce             ->
//! ops/shrink             ->
//! ops/prox               ->  ops/task, ops/shrink
//! ops/activation         ->  ops/task
//! ops/certificate        ->  ops/reduce
//! ops/coordinate_descent ->  ops/reduce, ops/shrink
//! ops/update             ->  ops/shrink
//! ops/loss               ->
//! ```
//!
//! | room | what |
//! |---|---|
//! | `lanes` | the vocabulary: registers, numbers (`float`), and [`Kernel`], work on them |
//! | `math` | exponentials, logarithms and functions composed of them, on lanes |
//! | `inverse`, `norm`, `groups`, `targets` | one thing each that some operations share |
//! | `isa` | one file per instruction set, all `unsafe`, and slices that may be the same memory |
//! | `split` | how to cut work in two |
//! | `sweep` | loops and tails |
//! | `ops` | one file per operation, the formula; and `element`, THE list of them |
//!
//! # Example
//!
//! ```
//! use gradstep_kernels::{Level, ops::Exp};
//!
//! let mut out = [0.0f32; 3];
//! Level::best().dispatch(Exp { x: &[0.0; 3], out: &mut out });
//! assert_eq!(out, [1.0; 3]);
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]
// A family that is off leaves some of what it shares with others unused.
#![cfg_attr(not(feature = "families"), allow(dead_code, unused_imports, unused_macros))]

#[cfg(feature = "std")]
extern crate std;

/// A closure that is inlined wherever it is called. What is not inlined into the function
/// that enables AVX is compiled without AVX.
macro_rules! inline {
    ($closure:expr) => {
        #[inline(always)]
        $closure
    };
}

mod element;
mod float;
mod groups;
mod inverse;
mod isa;
mod lanes;
pub mod math;
mod norm;
pub mod ops;
mod split;
pub mod sweep;
mod targets;

pub use element::{Compiled, Element};
pub use groups::Groups;
pub use inverse::Inverse;
pub use isa::{InOut, Level, NoSuchLevel};
pub use lanes::{Float, Isa, Lanes, Mask, select};
pub use norm::Norm;
pub use split::{Cut, Split};
pub use targets::{AnyTarget, Classes, Indices, Target, Targets};

/// Work on borrowed slices, written once for every instruction set.
///
/// `run` and every closure in it must be `#[inline(always)]`: what is not
/// inlined into the function that enables AVX is compiled without AVX.
pub trait Kernel {
    /// The result.
    type Out;
    /// Whether the formulas are long chains of dependent operations, as an exponential or
    /// a logarithm is. Loops then hold one copy of the formula, for whole registers and for
    /// the last one alike; where the CPU does not look far enough ahead to overlap such chains,
    /// a register that `run` works with is two of the CPU's side by side.
    const LONG: bool = false;
    /// Whether the chains are so long that it should be four of the CPU's.
    const VERY_LONG: bool = false;
    /// Whether it is two on CPUs with AVX-512, too, which look far ahead: where a division or a
    /// logarithm at the end of each chain keeps even them waiting.
    const PAIRED: bool = Self::VERY_LONG;
    /// Whether the work fills more than one of those registers, without which two do nothing but
    /// harm.
    #[inline(always)]
    fn fills_pairs(&self) -> bool {
        true
    }
    /// Does the work with the registers of `isa`.
    fn run<I: Isa>(self, isa: I) -> Self::Out;
}

/// The README's code runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
