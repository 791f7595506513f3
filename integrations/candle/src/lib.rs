//! gradstep for candle: losses and the soft-threshold as custom operations with a backward
//! pass, updates as optimisers.
//!
//! ```
//! use candle_core::{Device, Tensor, Var};
//! use candle_nn::Optimizer;
//! use gradstep_candle::{AdamW, cross_entropy, update};
//!
//! let logits = Var::from_tensor(&Tensor::new(&[[2f32, 1., 0.], [0., 0., 0.]], &Device::Cpu)?)?;
//! let targets = Tensor::new(&[0u32, 1], &Device::Cpu)?;
//! let mut adam = AdamW::new(vec![logits.clone()], update::AdamW::new(1e-3)?)?;
//! let loss = cross_entropy(&logits, &targets)?;
//! adam.backward_step(&loss)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Tensors are `f32` or `f64` on the CPU, of any layout: what is not contiguous is made so
//! first, by candle. A loss computes its gradient in the forward pass, if its input is tracked,
//! and keeps it for the backward pass, which multiplies it only where something stands behind
//! the loss. Targets get no gradient.
//!
//! What gradstep refuses is candle's `Error::Wrapped` with gradstep's text.

mod cross_entropy;
mod op;
mod optimizer;
mod pointwise;
mod soft_threshold;

pub use cross_entropy::{CrossEntropy, cross_entropy};
pub use gradstep::{EmptyMean, Reduction, update};
pub use optimizer::{
    Adam, AdamW, Lion, ProxAdamW, ProxSgd, Rule, Sgd, SgdMomentum, Stepped, adam_w,
};
pub use pointwise::{
    BinaryCrossEntropyWithLogits, Formula, Huber, L1, LogCosh, Loss, Mse, SmoothL1,
    binary_cross_entropy_with_logit, huber, l1, log_cosh, mse, smooth_l1,
};
pub use soft_threshold::soft_threshold;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
