//! Losses of one prediction and one target.

use crate::Error;
use crate::ops::{Call, Loss, LossOps, Real};
use burn::backend::Dispatch;
use burn::tensor::Tensor;
use gradstep::loss;

/// A loss of one prediction and one target, averaged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pointwise {
    /// `(prediction - target)^2`
    Mse,
    /// Quadratic within `delta` of the target, of slope `delta` beyond.
    Huber {
        /// Above 0.
        delta: f64,
    },
    /// Quadratic within `beta` of the target, of slope 1 beyond.
    SmoothL1 {
        /// Above 0.
        beta: f64,
    },
    /// Of logits and labels between 0 and 1.
    BinaryCrossEntropyWithLogits {
        /// The weight of positive labels.
        pos_weight: f64,
    },
    /// Of the logarithm of a rate, and a count.
    Poisson,
}

impl Pointwise {
    /// The loss, a tensor of one element.
    ///
    /// # Errors
    ///
    /// For targets of another shape or type, tensors that are not `F32` or `F64`, and what
    /// gradstep refuses.
    ///
    /// # Panics
    ///
    /// Tensors of another backend than Flex, as burn does for operations that a backend lacks.
    pub fn forward<const D: usize>(
        self,
        prediction: Tensor<D>,
        target: Tensor<D>,
    ) -> Result<Tensor<1>, Error> {
        let (expected, found) = (prediction.dims(), target.dims());
        if expected != found {
            return Err(Error::Shape { expected: expected.to_vec(), found: found.to_vec() });
        }
        let call = Call::new(Loss::Pointwise(self));
        let (x, y) = (prediction.into_dispatch(), target.into_dispatch());
        let loss = <Dispatch as LossOps>::loss_of_numbers(x, y, call.clone());
        call.unless_refused(Tensor::from_dispatch(loss))
    }

    pub(crate) fn evaluate<E: Real>(
        self,
        prediction: &[E],
        target: &[E],
        grad: Option<&mut [E]>,
    ) -> Result<f64, Error> {
        macro_rules! evaluate {
            ($loss:expr) => {{
                let loss = $loss;
                match grad {
                    Some(grad) => loss.loss_and_grad(prediction, target, grad),
                    None => loss.loss(prediction, target),
                }
            }};
        }
        Ok(match self {
            Pointwise::Mse => evaluate!(loss::Mse::new()),
            Pointwise::Huber { delta } => evaluate!(loss::Huber::new(delta)?),
            Pointwise::SmoothL1 { beta } => evaluate!(loss::SmoothL1::new(beta)?),
            Pointwise::BinaryCrossEntropyWithLogits { pos_weight } => {
                evaluate!(loss::BinaryCrossEntropyWithLogits::new().pos_weight(pos_weight)?)
            }
            Pointwise::Poisson => evaluate!(loss::Poisson::new()),
        }?)
    }
}
