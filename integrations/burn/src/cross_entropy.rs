//! Softmax cross-entropy.

use crate::Error;
use crate::ops::{Call, Loss, LossOps, Real, numbers};
use burn::backend::Dispatch;
use burn::backend::flex::FlexTensor;
use burn::tensor::{DType, Int, Tensor};
use gradstep::kernels::Float;
use gradstep::loss;
use gradstep::loss::AnyTarget;

/// Softmax cross-entropy of logits `[rows, classes]`, averaged over the rows that count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    class_weights: Option<Vec<f64>>,
    label_smoothing: f64,
    z_loss: f64,
    ignore_index: Option<i64>,
}

impl CrossEntropy {
    /// A weight for each class.
    #[must_use]
    pub fn class_weights(self, weights: Vec<f64>) -> Self {
        Self { class_weights: Some(weights), ..self }
    }

    /// The share of the target that all classes get alike.
    #[must_use]
    pub fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }

    /// Adds this times the square of the logarithm of the sum of exponentials.
    #[must_use]
    pub fn z_loss(self, z_loss: f64) -> Self {
        Self { z_loss, ..self }
    }

    /// Rows with this target count for nothing.
    #[must_use]
    pub fn ignore_index(self, index: i64) -> Self {
        Self { ignore_index: Some(index), ..self }
    }

    /// The loss of classes `[rows]`, a tensor of one element.
    ///
    /// # Errors
    ///
    /// For targets of another shape, tensors that are not `F32` or `F64`, and what gradstep
    /// refuses, as classes that there are not.
    ///
    /// # Panics
    ///
    /// Tensors of another backend than Flex, as burn does for operations that a backend lacks.
    pub fn forward(self, logits: Tensor<2>, targets: Tensor<1, Int>) -> Result<Tensor<1>, Error> {
        let ([rows, _], found) = (logits.dims(), targets.dims());
        if [rows] != found {
            return Err(Error::Shape { expected: vec![rows], found: found.to_vec() });
        }
        let call = Call::new(Loss::CrossEntropy(self));
        let (x, y) = (logits.into_dispatch(), targets.into_dispatch());
        let loss = <Dispatch as LossOps>::loss_of_classes(x, y, call.clone());
        call.unless_refused(Tensor::from_dispatch(loss))
    }

    pub(crate) fn evaluate<E: Real>(
        &self,
        logits: &[E],
        classes: usize,
        target: &FlexTensor,
        grad: Option<&mut [E]>,
    ) -> Result<f64, Error> {
        match target.dtype() {
            DType::I32 => self.of_type(logits, classes, numbers::<i32>(target)?, grad),
            DType::I64 => self.of_type(logits, classes, numbers::<i64>(target)?, grad),
            other => Err(Error::Type(other)),
        }
    }

    fn of_type<E: Real, T: AnyTarget<E>>(
        &self,
        logits: &[E],
        classes: usize,
        target: &[T],
        grad: Option<&mut [E]>,
    ) -> Result<f64, Error> {
        let weights = self.class_weights.as_ref();
        let weights: Option<Vec<E>> =
            weights.map(|w| w.iter().map(|&w| <E as Float>::from_f64(w)).collect());
        let mut ce = loss::CrossEntropy::new(classes)?
            .label_smoothing(self.label_smoothing)?
            .z_loss(self.z_loss)?;
        if let Some(index) = self.ignore_index {
            ce = ce.ignore_index(index);
        }
        if let Some(weights) = &weights {
            ce = ce.class_weights(weights)?;
        }
        Ok(match grad {
            Some(grad) => ce.loss_and_grad(logits, target, grad)?,
            None => ce.loss(logits, target)?,
        })
    }
}
