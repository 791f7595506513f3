//! Softmax cross-entropy.

use crate::op::{OnSlices, Real, Task, View, slice};
use candle_core::{CpuStorage, Error, Result, Shape, Tensor, bail};
use gradstep::loss::{self, AnyTarget};
use gradstep::{EmptyMean, Reduction};

/// Cross-entropy of a softmax along the last axis of the logits, with its options.
///
/// Targets are classes (`U8`, `U32`, `I32`, `I64`) in the shape of the logits without their
/// last axis, or probabilities in the logits' shape and element type. Equation, special values
/// and accuracy: [`gradstep::loss::CrossEntropy`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// use gradstep_candle::CrossEntropy;
///
/// let logits = Tensor::new(&[[0f64, 0.], [f64::NAN, f64::NAN]], &Device::Cpu)?;
/// let targets = Tensor::new(&[1i64, -100], &Device::Cpu)?;
/// let loss = CrossEntropy::new().ignore_index(-100).forward(&logits, &targets)?;
/// assert_eq!(loss.to_scalar::<f64>()?, 2f64.ln());
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CrossEntropy {
    class_weights: Option<Vec<f64>>,
    label_smoothing: f64,
    z_loss: f64,
    ignore_index: Option<i64>,
    reduction: Reduction,
    empty_mean: EmptyMean,
}

impl CrossEntropy {
    /// The mean over the rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A weight for each class; the mean counts rows by it.
    #[must_use]
    pub fn class_weights(self, weights: Vec<f64>) -> Self {
        Self { class_weights: Some(weights), ..self }
    }

    /// Gives every class an equal share of `smoothing` of the target.
    #[must_use]
    pub fn label_smoothing(self, smoothing: f64) -> Self {
        Self { label_smoothing: smoothing, ..self }
    }

    /// Adds `z_loss` times the square of each row's logsumexp.
    #[must_use]
    pub fn z_loss(self, z_loss: f64) -> Self {
        Self { z_loss, ..self }
    }

    /// The class that means "leave this row out".
    #[must_use]
    pub fn ignore_index(self, index: i64) -> Self {
        Self { ignore_index: Some(index), ..self }
    }

    /// How losses become one number.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// What the mean over no rows is.
    #[must_use]
    pub fn empty_mean(self, empty_mean: EmptyMean) -> Self {
        Self { empty_mean, ..self }
    }

    /// The reduced loss, a scalar.
    ///
    /// # Errors
    ///
    /// If shapes do not fit, or gradstep refuses an option or a target.
    pub fn forward(&self, logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
        self.reduce(logits, targets)
    }

    /// The loss of each row.
    ///
    /// # Errors
    ///
    /// As for [`forward`](Self::forward).
    pub fn losses(&self, logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
        self.each(logits, targets)
    }

    fn on<E: Real, T: AnyTarget<E>>(
        &self,
        x: &[E],
        classes: usize,
        targets: &[T],
        task: Task<'_, E>,
    ) -> std::result::Result<f64, gradstep::Error> {
        let weights = self.class_weights.as_ref();
        let weights: Option<Vec<E>> = weights.map(|w| w.iter().map(|&w| number(w)).collect());
        let mut ce = loss::CrossEntropy::new(classes)?
            .label_smoothing(self.label_smoothing)?
            .z_loss(self.z_loss)?
            .reduction(self.reduction)
            .empty_mean(self.empty_mean);
        if let Some(index) = self.ignore_index {
            ce = ce.ignore_index(index);
        }
        if let Some(weights) = &weights {
            ce = ce.class_weights(weights)?;
        }
        match task {
            Task::Loss => ce.loss(x, targets),
            Task::Grad(grad) => ce.loss_and_grad(x, targets, grad),
            Task::Losses(out) => ce.losses(x, targets, out).map(|()| 0.0),
            Task::Backward(upstream, grad) => ce.backward(x, targets, upstream, grad).map(|()| 0.0),
        }
    }
}

impl OnSlices for CrossEntropy {
    const NAME: &'static str = "cross-entropy";

    fn shape(&self, logits: &Shape, targets: &Shape) -> Result<Shape> {
        let Some((_, rows)) = logits.dims().split_last() else {
            bail!("cross-entropy: logits need an axis of classes")
        };
        if targets.dims() == rows || targets == logits {
            return Ok(Shape::from(rows));
        }
        let (lhs, rhs) = (logits.clone(), targets.clone());
        Err(Error::ShapeMismatchBinaryOp { lhs, rhs, op: Self::NAME })
    }

    fn run<E: Real>(
        &self,
        x: &[E],
        classes: usize,
        targets: View<'_>,
        task: Task<'_, E>,
    ) -> Result<f64> {
        let of_probabilities = targets.1.shape().elem_count() == x.len();
        let loss = match targets.0 {
            CpuStorage::U8(_) => self.on(x, classes, slice::<u8>(targets)?, task),
            CpuStorage::U32(_) => self.on(x, classes, slice::<u32>(targets)?, task),
            CpuStorage::I32(_) => self.on(x, classes, slice::<i32>(targets)?, task),
            CpuStorage::I64(_) => self.on(x, classes, slice::<i64>(targets)?, task),
            _ if of_probabilities => self.on(x, classes, slice::<E>(targets)?, task),
            other => bail!("cross-entropy: targets can't be {:?}", crate::op::dtype(other)),
        };
        loss.map_err(Error::wrap)
    }
}

/// The mean cross-entropy of rows of logits, as `candle_nn::loss::cross_entropy`.
///
/// # Errors
///
/// If shapes do not fit or a target is no class.
pub fn cross_entropy(logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
    CrossEntropy::new().forward(logits, targets)
}

/// Both crates call it `from_f64`.
fn number<E: gradstep::Element>(x: f64) -> E {
    E::from_f64(x)
}
