//! One file per operation: the formula and nothing else.

pub mod activation;
mod certificate;
mod clip_grad;
mod dropout;
mod group_penalty;
mod loss;
mod math;
mod multiply;
mod penalty;
mod prox;
mod reduce;
mod rows;
mod task;
mod update;

pub use certificate::KktViolation;
pub use clip_grad::Scale;
pub use dropout::{Dropout, DropoutMask};
pub use group_penalty::GroupPenalty;
pub use loss::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Evaluate, Huber, L1, Mse, Pointwise,
    SmoothL1, Wanted,
};
pub use math::{Exp, ExpM1, ExpNonpositive, Ln, Ln1p, Ln1pUnit, Sigmoid, Softplus, Tanh};
use multiply::Multiply;
pub use penalty::Penalty;
pub use prox::{
    BoxConstraint, ElasticNet, GroupSoftThreshold, HardThreshold, NonnegativeSoftThreshold, Prox,
    Proximal, SoftThreshold, WeightedSoftThreshold,
};
pub use reduce::{AbsSum, CountOutside, Dot, MaxAbs, Sum};
pub use rows::{
    CrossEntropy, CrossEntropyOptions, CrossEntropyOutputs, CrossEntropyTotal, LogSoftmax,
    LogSumExp, Logits, Shape, Softmax, SoftmaxBackward,
};
pub use task::Task;
pub use update::{
    Adam, Betas, Lion, Moments, ProxAdamW, ProxMomentum, ProxSgd, Sgd, SgdMomentum, Step, Tensor,
    Threshold, Update,
};
