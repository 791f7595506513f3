//! gradstep's losses for burn's tensors on its CPU backend, Flex, with gradients.
//!
//! The forward pass computes the loss and, where a gradient will be asked for, the gradient
//! together; the backward pass multiplies it with what comes from above.
//!
//! ```
//! use burn::tensor::{Device, Int, Tensor};
//! use gradstep_burn::CrossEntropy;
//!
//! let device = Device::flex().autodiff();
//! let logits = Tensor::<2>::from_floats([[1.0, 1.0], [7.0, 7.0]], &device).require_grad();
//! let targets = Tensor::<1, Int>::from_ints([0, -100], &device);
//! let loss = CrossEntropy::default().ignore_index(-100).forward(logits.clone(), targets)?;
//! let grads = loss.backward();
//! let grad = logits.grad(&grads).expect("a gradient").into_data();
//! assert_eq!(grad.as_slice::<f32>().expect("f32"), [-0.5, 0.5, 0.0, 0.0]);
//! # Ok::<(), gradstep_burn::Error>(())
//! ```

#![forbid(unsafe_code)]

mod cross_entropy;
mod ops;
mod pointwise;

pub use cross_entropy::CrossEntropy;
pub use ops::LossOps;
pub use pointwise::Pointwise;

use burn::tensor::DType;

/// Why there is no loss.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// What gradstep refuses.
    Gradstep(gradstep::Error),
    /// Predictions, or logits without their classes, and targets of other shapes.
    Shape {
        /// That of the targets as it should be.
        expected: Vec<usize>,
        /// That of the targets.
        found: Vec<usize>,
    },
    /// Predictions that are not `F32` or `F64`, targets of another type than these, or classes
    /// that are not `I32` or `I64`.
    Type(DType),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Gradstep(error) => error.fmt(f),
            Error::Shape { expected, found } => {
                write!(f, "`target` must have the shape {expected:?}, not {found:?}")
            }
            Error::Type(dtype) => write!(f, "tensors of {dtype:?} are not supported"),
        }
    }
}

impl std::error::Error for Error {}

impl From<gradstep::Error> for Error {
    fn from(error: gradstep::Error) -> Self {
        Error::Gradstep(error)
    }
}

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
