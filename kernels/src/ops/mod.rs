//! One file per operation: the formula and nothing else.

pub mod activation;
mod certificate;
mod clip_grad;
mod cross_entropy;
mod dropout;
mod group_penalty;
mod loss;
mod math;
mod multiply;
mod penalty;
mod prox;
mod reduce;
mod softmax;
mod task;
mod update;

pub use certificate::KktViolation;
pub use clip_grad::Scale;
pub use cross_entropy::{
    CrossEntropy, Logits, Options as CrossEntropyOptions, Outputs as CrossEntropyOutputs,
    Shape as CrossEntropyShape, Total as CrossEntropyTotal,
};
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
pub use softmax::{LogSoftmax, SoftmaxBackward};
pub use task::Task;
pub use update::{
    Adam, Betas, Lion, Moments, ProxAdamW, ProxMomentum, ProxSgd, Sgd, SgdMomentum, Step, Tensor,
    Threshold, Update,
};
