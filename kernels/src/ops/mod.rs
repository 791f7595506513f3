//! One file per operation: the formula and nothing else. A family of several has a folder.

#[cfg(feature = "activations")]
pub mod activation;
#[cfg(feature = "penalties")]
mod certificate;
mod clip_grad;
#[cfg(feature = "penalties")]
mod coordinate_descent;
#[cfg(feature = "activations")]
mod dropout;
#[cfg(feature = "penalties")]
mod group_penalty;
#[cfg(feature = "losses")]
mod loss;
mod math;
#[cfg(feature = "penalties")]
mod penalty;
#[cfg(feature = "prox")]
mod prox;
mod reduce;
#[cfg(feature = "rows")]
mod rows;
#[cfg(any(feature = "prox", feature = "updates", feature = "penalties"))]
mod shrink;
mod task;
#[cfg(feature = "updates")]
mod update;

#[cfg(feature = "penalties")]
pub use certificate::KktViolation;
pub use clip_grad::Scale;
#[cfg(feature = "penalties")]
pub use coordinate_descent::CoordinateDescent;
#[cfg(feature = "activations")]
pub use dropout::{Dropout, DropoutMask};
#[cfg(feature = "penalties")]
pub use group_penalty::GroupPenalty;
#[cfg(feature = "losses")]
pub use loss::*;
pub use math::{Exp, ExpM1, ExpNonpositive, Ln, Ln1p, Ln1pUnit, Sigmoid, Softplus, Tanh};
#[cfg(feature = "penalties")]
pub use penalty::Penalty;
#[cfg(feature = "prox")]
pub use prox::*;
pub use reduce::{AbsSum, CountOutside, Dot, MaxAbs, Sum};
#[cfg(feature = "rows")]
pub use rows::*;
pub use task::Task;
#[cfg(feature = "updates")]
pub use update::*;

/// What all families need, of THE list of built-in kernels (`element.rs`): sums and counts.
macro_rules! reductions {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            CountOutside<'a, $E>,
            Dot<'a, $E>,
            AbsSum<'a, $E>,
            MaxAbs<'a, $E>,
            Sum<'a, $E>,
            Scale<'a, $E>,
        }
    };
}
pub(crate) use reductions;

/// The penalties of THE list.
#[cfg(feature = "penalties")]
macro_rules! penalties {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Penalty<'a, $E>,
            GroupPenalty<'a, $E>,
            KktViolation<'a, $E>,
            CoordinateDescent<'a, $E>,
        }
    };
}
#[cfg(feature = "penalties")]
pub(crate) use penalties;

/// The activations of THE list.
#[cfg(feature = "activations")]
macro_rules! activations {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Activate<'a, $E, activation::Relu>,
            Activate<'a, $E, activation::Sigmoid>,
            Activate<'a, $E, activation::Softplus>,
            Activate<'a, $E, activation::Tanh>,
            Dropout<'a, $E>,
        }
    };
}
#[cfg(feature = "activations")]
pub(crate) use activations;
