//! The last layer of a classifier or language model and its loss at once: from hidden states,
//! weights and targets to the loss and all gradients, in chunks of rows, so that the logits of
//! all rows, `rows x classes`, are never there.
//!
//! ```
//! use gradstep_linear::{Grads, LinearCrossEntropy};
//!
//! // Two rows of two hidden numbers; three classes.
//! let (hidden, weights) = ([1.0f64, 2.0, -1.0, 0.5], [0.5, 0.0, 0.0, 0.5, 1.0, 1.0]);
//! let (mut hidden_grad, mut weights_grad) = ([0.0; 4], [0.0; 6]);
//! let layer = LinearCrossEntropy::new(2, 3)?;
//! let grads = Grads { hidden: &mut hidden_grad, weights: &mut weights_grad, bias: None };
//! let loss = layer.loss_and_grads(&hidden, &weights, None, &[2u32, 0], grads)?;
//! assert!((loss - 0.806).abs() < 0.001);
//! # Ok::<(), gradstep::Error>(())
//! ```

#![forbid(unsafe_code)]

mod chunks;
mod layer;
mod products;

pub use layer::{Grads, LinearCrossEntropy};
pub use products::Real;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
