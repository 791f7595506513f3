//! Weight updates: one pass over memory, in the caller's buffers.
//!
//! | update | step |
//! |---|---|
//! | [`Sgd`] | `w := w (1 - learning_rate weight_decay) - learning_rate g` |
//! | [`SgdMomentum`] | momentum, dampening, Nesterov's form, coupled or decoupled decay |
//! | [`ProxSgd`] | `w := soft(w - learning_rate g, learning_rate l1) / (1 + learning_rate l2)` |
//!
//! [`ClipGradNorm`], [`clip_grad_norm`] and [`clip_grad_value`] limit gradients.
//!
//! Hyper-parameters are `f64` for `f32` weights too; what is derived from them is
//! computed in `f64` and rounded once. An update owns no state, and a gradient is
//! never written.

mod clip_grad;
mod prox_sgd;
mod sgd;
mod sgd_momentum;

pub use clip_grad::{ClipGradNorm, GradNorm, clip_grad_norm, clip_grad_value, clip_grad_value_all};
pub use prox_sgd::ProxSgd;
pub use sgd::Sgd;
pub use sgd_momentum::SgdMomentum;
