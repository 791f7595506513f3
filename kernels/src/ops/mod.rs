//! One file per operation: the formula and nothing else.

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
pub use prox::{
    ApplyProx, BoxConstraint, ElasticNet, GroupSoftThreshold, HardThreshold,
    NonnegativeSoftThreshold, Proximal, SoftThreshold, WeightedSoftThreshold,
};
pub use reduce::{AbsSum, CountOutside, Dot, MaxAbs, Sum};
#[cfg(feature = "rows")]
pub use rows::{
    CrossEntropy, CrossEntropyOptions, CrossEntropyOutputs, CrossEntropyTotal, GradHessOutputs,
    LogSoftmax, LogSumExp, Logits, RowWeights, Shape, Softmax, SoftmaxBackward, SoftmaxGradHess,
};
pub use task::Task;
#[cfg(feature = "updates")]
pub use update::{
    Adagrad, Adam, Betas, Coupled, Ftrl, Lion, Moments, Nadam, ProxAdamW, ProxMomentum, ProxSgd,
    RisingMomentum, RmsProp, Sgd, SgdMomentum, Step, Tensor, Threshold, Update,
};
