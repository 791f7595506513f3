#![doc = include_str!("formula.md")]

pub use gradstep_kernels::math::{Math, exp, exp_m1, ln, ln_1p, sigmoid, softplus, tanh};
#[cfg(feature = "losses")]
pub use gradstep_kernels::ops::Pointwise;
#[cfg(feature = "prox")]
pub use gradstep_kernels::ops::Proximal;
#[cfg(feature = "updates")]
pub use gradstep_kernels::ops::Update;
#[cfg(feature = "activations")]
pub use gradstep_kernels::ops::activation::Activation;
pub use gradstep_kernels::{Element, Float, Isa, Lanes, Mask, select};
