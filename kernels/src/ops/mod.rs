//! One file per operation: the formula and nothing else.

pub mod activation;
mod adam;
mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod box_constraint;
mod certificate;
mod clip_grad;
mod cross_entropy;
mod dropout;
mod elastic_net;
mod group_penalty;
mod group_soft_threshold;
mod hard_threshold;
mod huber;
mod l1;
mod lion;
mod math;
mod mse;
mod nonnegative_soft_threshold;
mod penalty;
mod pointwise;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod proximal;
mod reduce;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod softmax;
mod update;
mod weighted_soft_threshold;

pub use adam::{Adam, Betas, Moments};
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use box_constraint::BoxConstraint;
pub use certificate::KktViolation;
pub use clip_grad::Scale;
pub use cross_entropy::{
    CrossEntropy, Logits, Options as CrossEntropyOptions, Outputs as CrossEntropyOutputs,
    Shape as CrossEntropyShape, Total as CrossEntropyTotal,
};
pub use dropout::{Dropout, DropoutInto, DropoutMask};
pub use elastic_net::ElasticNet;
pub use group_penalty::GroupPenalty;
pub use group_soft_threshold::GroupSoftThreshold;
pub use hard_threshold::HardThreshold;
pub use huber::Huber;
pub use l1::L1;
pub use lion::Lion;
pub use math::{Exp, ExpM1, ExpNonpositive, Ln, Ln1p, Ln1pUnit, Sigmoid, Softplus, Tanh};
pub use mse::Mse;
pub use nonnegative_soft_threshold::NonnegativeSoftThreshold;
pub use penalty::{Penalty, PenaltyAddGrad};
pub use pointwise::{Evaluate, EvaluateInPlace, Output, Pointwise};
pub use prox_adam_w::{ProxAdamW, Threshold};
pub use prox_momentum::ProxMomentum;
pub use prox_sgd::ProxSgd;
pub use proximal::{Prox, ProxInput, Proximal};
pub use reduce::{AbsSum, CountOutside, Dot, MaxAbs, Sum};
pub use sgd::Sgd;
pub use sgd_momentum::SgdMomentum;
pub use smooth_l1::SmoothL1;
pub use soft_threshold::SoftThreshold;
pub use softmax::{LogSoftmax, SoftmaxBackward};
pub use update::{Step, Tensor, Update};
pub use weighted_soft_threshold::WeightedSoftThreshold;

/// Implements [`Split`](crate::Split) for a kernel of slices of one length:
/// `ref` slices are read, `mut` slices written, the fields after `;` copied; the
/// number is the cost of an element in nanoseconds.
macro_rules! elementwise {
    ($kernel:ident { $($kind:ident $slice:ident),+; $($constant:ident),* } -> f64, $cost:literal) => {
        elementwise!(@ $kernel, [$($kind $slice)+], [$($constant)*], |left, right| left + right, f64, $cost);
    };
    ($kernel:ident { $($kind:ident $slice:ident),+; $($constant:ident),* }, $cost:literal) => {
        elementwise!(@ $kernel, [$($kind $slice)+], [$($constant)*], |(), ()| (), (), $cost);
    };
    ($kernel:ident { $($kind:ident $slice:ident),+; $($constant:ident),* } -> E by $join:ident, $cost:literal) => {
        elementwise!(@ $kernel, [$($kind $slice)+], [$($constant)*], $join, E, $cost);
    };
    (@ $kernel:ident, [$first_kind:ident $first:ident $($kind:ident $slice:ident)*], [$($constant:ident)*], $join:expr, $out:ty, $cost:literal) => {
        impl<E: $crate::Element> $crate::Split for $kernel<'_, E> {
            fn leaf(&self) -> usize {
                $crate::split::leaf::<E>()
            }
            fn cost(&self) -> f64 {
                $cost
            }
            fn len(&self) -> usize {
                self.$first.len()
            }
            fn split_at(self, mid: usize) -> (Self, Self) {
                let $first = elementwise!(@cut $first_kind, self.$first, mid);
                $(let $slice = elementwise!(@cut $kind, self.$slice, mid);)*
                (
                    Self { $first: $first.0, $($slice: $slice.0,)* $($constant: self.$constant,)* },
                    Self { $first: $first.1, $($slice: $slice.1,)* $($constant: self.$constant,)* },
                )
            }
            fn join(left: $out, right: $out) -> $out {
                let join: fn($out, $out) -> $out = $join;
                join(left, right)
            }
            fn run_on(self, level: $crate::Level) -> $out {
                E::run(level, self)
            }
        }
    };
    (@cut ref, $slice:expr, $mid:ident) => { $slice.split_at($mid) };
    (@cut mut, $slice:expr, $mid:ident) => { $slice.split_at_mut($mid) };
}
use elementwise;
