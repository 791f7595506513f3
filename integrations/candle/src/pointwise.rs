//! Losses of one prediction and one target.

use crate::op::{OnSlices, Real, Task, View, slice, with_slice};
use candle_core::{Error, Result, Shape, Tensor};
use gradstep::{Element, Reduction, loss};

/// A loss of one prediction and one target by its parameters.
pub trait Formula: Clone + Send + Sync + 'static {
    /// What errors call it.
    const NAME: &'static str;
    /// Its formula in gradstep.
    type Of<E: Element>: loss::Pointwise<E>;
    /// gradstep's loss.
    ///
    /// # Errors
    ///
    /// For parameters out of range.
    fn loss<E: Element>(
        &self,
    ) -> std::result::Result<loss::Loss<'static, E, Self::Of<E>>, gradstep::Error>;
}

macro_rules! formulas {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),* }, $text:literal,
        |$E:ident, $self:ident| $of:ident $new:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name {
            $(
                /// The loss's parameter.
                pub $field: f64,
            )*
        }

        impl Formula for $name {
            const NAME: &'static str = $text;
            type Of<$E: Element> = formula_type!($of $E);
            fn loss<$E: Element>(
                &$self,
            ) -> std::result::Result<loss::Loss<'static, $E, Self::Of<$E>>, gradstep::Error> {
                $new
            }
        }
    )*};
}

/// Some formulas have parameters of the element type, some have none.
macro_rules! formula_type {
    (Mse $E:ident) => { gradstep::kernels::ops::Mse };
    (L1 $E:ident) => { gradstep::kernels::ops::L1 };
    (LogCosh $E:ident) => { gradstep::kernels::ops::LogCosh };
    ($of:ident $E:ident) => { gradstep::kernels::ops::$of<$E> };
}

formulas! {
    /// `(p - t)^2`
    Mse {}, "mse", |E, self| Mse Ok(loss::Mse::new());
    /// `|p - t|`
    L1 {}, "l1", |E, self| L1 Ok(loss::L1::new());
    /// `ln cosh(p - t)`
    LogCosh {}, "log-cosh", |E, self| LogCosh Ok(loss::LogCosh::new());
    /// Quadratic within `beta`, of slope 1 beyond.
    SmoothL1 { beta }, "smooth-l1",
        |E, self| SmoothL1 loss::SmoothL1::new(self.beta);
    /// Quadratic within `delta`, of slope `delta` beyond.
    Huber { delta }, "huber", |E, self| Huber loss::Huber::new(self.delta);
    /// Of logits; labels are in `[0, 1]`, and what positive ones cost is multiplied by
    /// `pos_weight`.
    BinaryCrossEntropyWithLogits { pos_weight }, "binary-cross-entropy-with-logits",
        |E, self| BinaryCrossEntropyWithLogits
            loss::BinaryCrossEntropyWithLogits::new().pos_weight(self.pos_weight);
}

/// A loss with its options.
///
/// ```
/// use candle_core::{Device, Tensor};
/// use gradstep_candle::{Loss, Reduction, SmoothL1};
///
/// let (p, t) = (Tensor::new(&[0.5f32, 3.0], &Device::Cpu)?, Tensor::zeros(2, candle_core::DType::F32, &Device::Cpu)?);
/// let loss = Loss::new(SmoothL1 { beta: 1.0 }).reduction(Reduction::Sum);
/// assert_eq!(loss.forward(&p, &t)?.to_scalar::<f32>()?, 2.625);
/// assert_eq!(loss.losses(&p, &t)?.to_vec1::<f32>()?, [0.125, 2.5]);
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Loss<F> {
    formula: F,
    reduction: Reduction,
    weights: Option<Tensor>,
}

impl<F: Formula> Loss<F> {
    /// The mean of the losses.
    pub fn new(formula: F) -> Self {
        Self { formula, reduction: Reduction::Mean, weights: None }
    }

    /// How losses become one number.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Multiplies the loss of each element; as many, and of the same type, as predictions.
    ///
    /// # Errors
    ///
    /// If candle can't make them contiguous.
    pub fn weights(self, weights: &Tensor) -> Result<Self> {
        Ok(Self { weights: Some(weights.detach().contiguous()?), ..self })
    }

    /// The reduced loss, a scalar.
    ///
    /// # Errors
    ///
    /// If shapes or element types differ, or gradstep refuses a parameter or a weight.
    pub fn forward(&self, prediction: &Tensor, target: &Tensor) -> Result<Tensor> {
        self.reduce(prediction, target)
    }

    /// The loss of each element, in the shape of `prediction`.
    ///
    /// # Errors
    ///
    /// As for [`forward`](Self::forward).
    pub fn losses(&self, prediction: &Tensor, target: &Tensor) -> Result<Tensor> {
        self.each(prediction, target)
    }
}

impl<F: Formula> OnSlices for Loss<F> {
    const NAME: &'static str = F::NAME;

    fn shape(&self, input: &Shape, target: &Shape) -> Result<Shape> {
        let fits = input == target && self.weights.as_ref().is_none_or(|w| w.shape() == input);
        if fits {
            return Ok(input.clone());
        }
        let (lhs, rhs) = (input.clone(), target.clone());
        Err(Error::ShapeMismatchBinaryOp { lhs, rhs, op: F::NAME })
    }

    fn run<E: Real>(
        &self,
        x: &[E],
        _columns: usize,
        target: View<'_>,
        task: Task<'_, E>,
    ) -> Result<f64> {
        let target = slice::<E>(target)?;
        let loss = self.formula.loss::<E>().map_err(Error::wrap)?.reduction(self.reduction);
        let run = |loss: loss::Loss<'_, E, F::Of<E>>| match task {
            Task::Loss => loss.loss(x, target),
            Task::Grad(grad) => loss.loss_and_grad(x, target, grad),
            Task::Losses(out) => loss.losses(x, target, out).map(|()| 0.0),
            Task::Backward(upstream, grad) => {
                loss.backward(x, target, upstream, grad).map(|()| 0.0)
            }
        };
        match &self.weights {
            None => run(loss).map_err(Error::wrap),
            Some(w) => with_slice(w, |w| run(loss.weights(w)).map_err(Error::wrap)),
        }
    }
}

/// The mean of `(p - t)^2`, as `candle_nn::loss::mse`.
///
/// # Errors
///
/// If shapes or element types differ.
pub fn mse(prediction: &Tensor, target: &Tensor) -> Result<Tensor> {
    Loss::new(Mse {}).forward(prediction, target)
}

/// The mean of `|p - t|`.
///
/// # Errors
///
/// If shapes or element types differ.
pub fn l1(prediction: &Tensor, target: &Tensor) -> Result<Tensor> {
    Loss::new(L1 {}).forward(prediction, target)
}

/// The mean of `ln cosh(p - t)`.
///
/// # Errors
///
/// If shapes or element types differ.
pub fn log_cosh(prediction: &Tensor, target: &Tensor) -> Result<Tensor> {
    Loss::new(LogCosh {}).forward(prediction, target)
}

/// The mean of the Smooth-L1 loss.
///
/// # Errors
///
/// If shapes or element types differ, or `beta` is negative or not finite.
pub fn smooth_l1(prediction: &Tensor, target: &Tensor, beta: f64) -> Result<Tensor> {
    Loss::new(SmoothL1 { beta }).forward(prediction, target)
}

/// The mean of the Huber loss, as `candle_nn::loss::huber`.
///
/// # Errors
///
/// If shapes or element types differ, or `delta` is not finite and above 0.
pub fn huber(prediction: &Tensor, target: &Tensor, delta: f64) -> Result<Tensor> {
    Loss::new(Huber { delta }).forward(prediction, target)
}

/// The mean of the binary cross-entropy of logits, as
/// `candle_nn::loss::binary_cross_entropy_with_logit`, but finite for logits of 100.
///
/// # Errors
///
/// If shapes or element types differ.
pub fn binary_cross_entropy_with_logit(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    Loss::new(BinaryCrossEntropyWithLogits { pos_weight: 1.0 }).forward(logits, target)
}
