//! Losses with their gradients.
//!
//! | loss | value, `d = prediction - target` | derivative |
//! |---|---|---|
//! | [`Mse`] | `d^2` | `2 d` |
//! | [`L1`] | `\|d\|` | `sign(d)` |
//! | [`SmoothL1`] | `d^2 / (2 beta)` below `beta`, then `\|d\| - beta / 2` | `d / beta`, `sign(d)` |
//! | [`Huber`] | `d^2 / 2` below `delta`, then `delta (\|d\| - delta / 2)` | `d`, `delta sign(d)` |
//! | [`BinaryCrossEntropyWithLogits`] | `-y ln(sigmoid(x)) - (1 - y) ln(1 - sigmoid(x))` | `sigmoid(x) - y` |
//! | [`BinaryCrossEntropy`] | `-y ln p - (1 - y) ln(1 - p)` | `(p - y) / (p (1 - p))` |
//! | [`CrossEntropy`] | `ln(sum_j exp(x_j)) - x_y` | `softmax(x)_j - [j = y]` |
//!
//! Each has the same methods, those of [`Loss`]: `loss`, `loss_and_grad`,
//! `loss_and_grad_in_place`, `losses` (one per element) and `backward` (with the
//! gradient that an autograd framework brings). A loss of your own has them too:
//! implement [`Pointwise`] and hand it to [`Loss::from_formula`].

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod cross_entropy;
mod huber;
mod l1;
mod mse;
mod pointwise;
mod smooth_l1;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use cross_entropy::{CrossEntropy, LossSum};
pub use gradstep_kernels::ops::{CrossEntropyOutputs as Outputs, Logits, Pointwise};
pub use gradstep_kernels::{AnyTarget, Target};
pub use huber::Huber;
pub use l1::L1;
pub use mse::Mse;
pub use pointwise::Loss;
pub use smooth_l1::SmoothL1;
