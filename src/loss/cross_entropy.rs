//! Softmax cross-entropy.

mod checked;
mod grad_hess;
mod loss_sum;
mod methods;
#[cfg(feature = "alloc")]
mod owned;

pub use loss_sum::LossSum;

use crate::settings::{getters, stored};
use crate::{Element, EmptyMean, Error, Execution, Reduction, check, execution::execution};
use gradstep_kernels::{Target, ops::Shape};

/// Cross-entropy of a softmax over rows of logits; targets are classes or
/// probabilities.
///
/// For a row `x` of `C` logits with the class `y`:
///
/// ```text
/// p_j             = exp(x_j) / sum_i exp(x_i)
/// loss            = -ln(p_y) = (m - x_y) + ln(sum_j exp(x_j - m)),   m = max x
/// d loss / d x_j  = p_j - [j = y]
/// ```
///
/// and with class weights `w`, a label smoothing `s` and a z-loss `z`:
///
/// ```text
/// k_c             = w_c ((1 - s) [c = y] + s / C)
/// lse             = ln(sum_j exp(x_j))
/// loss            = sum_c k_c (lse - x_c) + z lse^2
/// d loss / d x_j  = p_j (sum_c k_c + 2 z lse) - k_j
/// ```
///
/// For targets that are probabilities `q`, `k_c = w_c ((1 - s) q_c + s / C)`; they
/// need not add up to 1. The unit is nats. A slice of any integer type holds
/// classes, one of the logits' type probabilities ([`AnyTarget`](super::AnyTarget)).
///
/// A weight `v` of each row multiplies its loss and its gradient.
///
/// The mean divides by the number of rows; for classes by that of the rows not
/// ignored, each counted by the weight `w_y` of its class. Both count a row by its weight `v`.
///
/// # Shapes
///
/// Logits, gradient and probabilities are `[rows, classes]`, row after row, the
/// first two with any [stride](Self::logits_stride), or with
/// [positions](Self::positions) `[samples, classes, positions]`; classes, weights of rows,
/// `losses`'s output and `backward`'s upstream factors are `[rows]`. Outputs are overwritten.
///
/// # Errors
///
/// [`Error::Target`] for a class that is neither below `C` nor the ignored index;
/// [`Error::Length`] if shapes do not fit; [`Error::Parameter`] for a denominator
/// that is not finite and above 0, or its reciprocal, and for a sum of weights
/// that is not finite; [`Error::Conflict`] for an ignored index with
/// probabilities; [`Error::EmptyMean`] if that was chosen. A refused call writes
/// nothing.
///
/// # Special values
///
/// A logit of -inf is a masked class: probability and gradient 0, and an infinite
/// loss if the target has a share of it (`0 * inf` is 0). A row that is -inf
/// throughout, or has +inf or NaN, is NaN, and no other row. An ignored row costs 0,
/// its gradient is exactly 0 and its logits are not read. A row of weight 0 costs 0 and has a
/// gradient of 0, unless it is NaN. Where `2 z lse` is beyond the
/// element type, the row's gradient is infinite or NaN. With no row left, or
/// none of a weight, the mean follows [`EmptyMean`]; sum and gradient are 0.
///
/// # Accuracy
///
/// Each row's loss and each gradient element is within 4 ULP, however small, for
/// any number of classes: for equal logits of 1e8, where the probability of the
/// target is nearly 1, and for probabilities that are subnormal. With smoothing or
/// probabilities a gradient is a difference, within 6 ULP of the larger of its terms.
/// A loss that is subnormal before its class weight, at gaps from 87 (`f32`) or 708
/// (`f64`) on, is within 2 of the least numbers times the weight, and a z-loss is as
/// exact as the logarithm that it squares, whose error is one of its larger term: near 0
/// it has few digits. Logits that differ by more than 104 (`f32`), 700 (`f64`) have a
/// probability of 0 or lose digits. In place and separate gradients have the same
/// bits; so have all numbers of threads, and all levels that fuse.
///
/// # Where libraries disagree
///
/// | | here | PyTorch | ONNX | JAX (optax) |
/// |---|---|---|---|---|
/// | mean with class weights | divides by `sum w_y` | the same | the same | no weights, no mean |
/// | mean of probabilities | divides by rows | the same | no probabilities | no mean |
/// | ignored row that holds NaN | costs 0, gradient 0 | costs 0, gradient NaN | costs 0 | no such rows |
/// | all rows ignored | [`EmptyMean`] | NaN | not said | no such rows |
/// | gradient of the target as `p_y` nears 1 | all digits | `p_y - 1`: 0 in `f32` beyond a gap of 17 | no gradient | `p_y - 1` |
/// | probability 0 at a logit of -inf | costs 0 | NaN | no probabilities | NaN |
///
/// # Source
///
/// Bridle, "Probabilistic interpretation of feedforward classification network
/// outputs" (1990).
///
/// # Examples
///
/// ```
/// use gradstep::loss::CrossEntropy;
///
/// let logits = [1e8f64, 1e8, 0.0, f64::NEG_INFINITY];
/// let mut grad = [0.0; 4];
/// let loss = CrossEntropy::new(2)?.loss_and_grad(&logits, &[1u8, 0], &mut grad)?;
/// assert_eq!(loss, 2f64.ln() / 2.0);
/// assert_eq!(grad, [0.25, -0.25, 0.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossEntropy<'w, E> {
    classes: usize,
    positions: usize,
    logits_stride: usize,
    grad_stride: usize,
    class_weights: Option<&'w [E]>,
    row_weights: Option<&'w [E]>,
    label_smoothing: f64,
    z_loss: f64,
    hessian_factor: f64,
    ignore_index: Option<i128>,
    reduction: Reduction,
    empty_mean: EmptyMean,
    execution: Execution,
}

impl<'w, E: Element> CrossEntropy<'w, E> {
    /// Rows of `classes` logits, averaged.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `classes` is 0.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// assert!(CrossEntropy::<f32>::new(0).is_err());
    /// assert_eq!(CrossEntropy::new(1)?.loss(&[7.0f32], &[0])?, 0.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(classes: usize) -> Result<Self, Error> {
        check::at_least_one("classes", classes as u64)?;
        Ok(Self {
            classes,
            positions: 0,
            logits_stride: classes,
            grad_stride: classes,
            class_weights: None,
            row_weights: None,
            label_smoothing: 0.0,
            z_loss: 0.0,
            hessian_factor: 1.0,
            ignore_index: None,
            reduction: Reduction::Mean,
            empty_mean: EmptyMean::Nan,
            execution: Execution::new(),
        })
    }

    /// A weight for each class, which multiplies the losses and gradients of its
    /// rows, and counts the rows of a mean.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if there are not as many as classes; [`Error::Element`] if
    /// one is negative or not finite.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let ce = CrossEntropy::new(2)?.class_weights(&[3.0, 0.0])?;
    /// let loss = ce.loss(&[0.0f64, 0.0, 9.0, 0.0], &[0u8, 1])?;
    /// assert_eq!(loss, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn class_weights(self, weights: &'w [E]) -> Result<Self, Error> {
        check::length("class_weights", self.classes, weights.len())?;
        check::elements_finite_not_negative("class_weights", weights)?;
        Ok(Self { class_weights: Some(weights), ..self })
    }

    /// A weight for each row, which multiplies its loss and its gradient, and counts the row in
    /// a mean.
    ///
    /// # Errors
    ///
    /// [`Error::Element`] if one is negative or not finite; where rows are given,
    /// [`Error::Length`] if there are not as many.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 4];
    /// let ce = CrossEntropy::new(2)?.row_weights(&[3.0, 1.0])?;
    /// let loss = ce.loss_and_grad(&[0.0, 0.0, 0.0, 0.0], &[0u8, 1], &mut grad)?;
    /// assert_eq!((loss, grad), (2f64.ln(), [-0.375, 0.375, 0.125, -0.125]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn row_weights(self, weights: &'w [E]) -> Result<Self, Error> {
        check::elements_finite_not_negative("row_weights", weights)?;
        Ok(Self { row_weights: Some(weights), ..self })
    }

    /// Gives every class an equal share of `smoothing` of the target: `0.1` makes
    /// it 0.9 of the target and 0.1 of the uniform distribution.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `smoothing` is outside `0..=1`.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 2];
    /// let ce = CrossEntropy::new(2)?.label_smoothing(0.5)?;
    /// ce.loss_and_grad(&[0.0, 0.0], &[0u8], &mut grad)?;
    /// assert_eq!(grad, [-0.25, 0.25]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn label_smoothing(self, smoothing: f64) -> Result<Self, Error> {
        Ok(Self { label_smoothing: check::unit_interval("label_smoothing", smoothing)?, ..self })
    }

    /// Adds `z_loss` times the square of each row's `ln(sum_j exp(x_j))`, which keeps
    /// logits from drifting.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `z_loss` is negative or not finite.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let ce = CrossEntropy::new(1)?.z_loss(0.5)?;
    /// assert_eq!(ce.loss(&[2.0f64], &[0u8])?, 2.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn z_loss(self, z_loss: f64) -> Result<Self, Error> {
        Ok(Self { z_loss: check::finite_not_negative("z_loss", z_loss)?, ..self })
    }

    /// Classes before their positions: logits, gradient and probabilities are
    /// `[samples, classes, positions]`, as segmentation has them, or one sample
    /// `[classes, rows]`, as matrices by columns are. Rows are counted sample by sample,
    /// position by position; losses of rows and gradients have the same bits as those of rows
    /// of up to 128 classes (`f64`: 50). Up to 100 classes they take 0.8 to 1.1 times as long as
    /// side by side, 256 classes 1.2 to 1.5 times; but where a class is a multiple of a page (4
    /// KiB) from the next, up to 2.3 times. Threads share whole samples, so one sample runs
    /// on one thread. Sets both strides to `positions`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `positions` is 0, or for more than 256 classes; where rows are
    /// given, [`Error::Length`] if they are no whole samples.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let by_columns = [0.0f64, 9.0, 0.0, 9.0]; // both logits of the first row are 0
    /// let mut losses = [0.0; 2];
    /// let ce = CrossEntropy::new(2)?.positions(2)?;
    /// ce.losses(&by_columns, &[0u8, 1], &mut losses)?;
    /// assert_eq!(losses, [2f64.ln(); 2]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn positions(self, positions: usize) -> Result<Self, Error> {
        check::at_least_one("positions", positions as u64)?;
        let most = ("at most 256 where positions follow them", Shape::MOST_IN_LANES);
        check::at_most("classes", most, self.classes)?;
        Ok(Self { positions, logits_stride: positions, grad_stride: positions, ..self })
    }

    /// The distance from the start of one row of logits to that of the next, or with
    /// [positions](Self::positions) from that of one class to the next. What is between them is
    /// neither read nor written.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `stride` is less than the number of classes, or of positions.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let ce = CrossEntropy::new(2)?.logits_stride(3)?;
    /// assert_eq!(ce.loss(&[5.0f64, 5.0, f64::NAN, 5.0, 5.0], &[0u8, 1])?, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn logits_stride(self, stride: usize) -> Result<Self, Error> {
        let logits_stride = self.stride("logits_stride", stride)?;
        Ok(Self { logits_stride, ..self })
    }

    /// [`logits_stride`](Self::logits_stride) of a gradient that does not replace the logits.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `stride` is less than the number of classes, or of positions.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [7.0f64; 5];
    /// let ce = CrossEntropy::new(1)?.grad_stride(2)?;
    /// ce.loss_and_grad(&[5.0, 5.0, 5.0], &[0u8, 0, 0], &mut grad)?;
    /// assert_eq!(grad, [0.0, 7.0, 0.0, 7.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_stride(self, stride: usize) -> Result<Self, Error> {
        let grad_stride = self.stride("grad_stride", stride)?;
        Ok(Self { grad_stride, ..self })
    }

    fn stride(&self, name: &'static str, stride: usize) -> Result<usize, Error> {
        match self.positions {
            0 => check::stride(name, ("at least the number of classes", self.classes), stride),
            _ => check::stride(name, ("at least the number of positions", self.positions), stride),
        }
    }

    /// The target that means "leave this row out". It may be a class: that class
    /// still counts in every softmax.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let ce = CrossEntropy::new(2)?.ignore_index(-100);
    /// let loss = ce.loss(&[0.0f64, 0.0, f64::NAN, f64::NAN], &[0i64, -100])?;
    /// assert_eq!(loss, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn ignore_index<T: Target>(self, index: T) -> Self {
        Self { ignore_index: Some(index.to_i128()), ..self }
    }

    /// How the rows' losses become one number; [`Reduction::Mean`] over the rows not ignored
    /// by default.
    ///
    /// ```
    /// use gradstep::{Reduction, loss::CrossEntropy};
    ///
    /// let ce = CrossEntropy::new(2)?.reduction(Reduction::Sum);
    /// assert_eq!(ce.loss(&[0.0f64, 0.0, 0.0, 0.0], &[0u8, 1])?, 2.0 * 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// The mean over no rows; [`EmptyMean::Nan`] by default.
    ///
    /// ```
    /// use gradstep::{EmptyMean, loss::CrossEntropy};
    ///
    /// let ce = CrossEntropy::new(2)?.empty_mean(EmptyMean::Zero);
    /// assert_eq!(ce.loss::<u8>(&[0.0f32; 0], &[])?, 0.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn empty_mean(self, empty_mean: EmptyMean) -> Self {
        Self { empty_mean, ..self }
    }

    getters! {
        "loss::CrossEntropy::<f32>::new(2)?":
        get_classes -> usize = |this| this.classes, "2";
        get_class_weights -> Option<&'w [E]> = |this| this.class_weights, "None";
        get_row_weights -> Option<&'w [E]> = |this| this.row_weights, "None";
        get_label_smoothing -> f64 = |this| this.label_smoothing, "0.0";
        get_z_loss -> f64 = |this| this.z_loss, "0.0";
        get_ignore_index -> Option<i128> = |this| this.ignore_index, "None";
        get_reduction -> Reduction = |this| this.reduction, "gradstep::Reduction::Mean";
    }

    execution!(
        execution,
        "loss::CrossEntropy::new(2)?",
        "assert_eq!(alone.loss(&[0.0f64, 0.0], &[0u8])?, 2f64.ln());"
    );
}

stored!([E: Element] CrossEntropy<'_, E>, |this| {
    classes: usize = {
        let weighted = this.class_weights.is_some() || this.row_weights.is_some();
        super::owned::unweighted(this, weighted)?.classes
    },
    positions: Option<usize> = Some(this.positions).filter(|n| *n != 0),
    logits_stride: Option<usize> = Some(this.logits_stride),
    grad_stride: Option<usize> = Some(this.grad_stride),
    label_smoothing: Option<f64> = Some(this.label_smoothing),
    z_loss: Option<f64> = Some(this.z_loss),
    hessian_factor: Option<f64> = Some(this.hessian_factor),
    ignore_index: Option<i128> = this.ignore_index,
    #[serde(default)]
    reduction: Reduction = this.reduction,
    #[serde(default)]
    empty_mean: EmptyMean = this.empty_mean,
    #[serde(default)]
    execution: Execution = this.execution,
} => {
    let value = match positions {
        None => Self::new(classes)?,
        Some(positions) => Self::new(classes)?.positions(positions)?,
    };
    let value = value
        .logits_stride(logits_stride.unwrap_or(value.logits_stride))?
        .grad_stride(grad_stride.unwrap_or(value.grad_stride))?
        .label_smoothing(label_smoothing.unwrap_or(0.0))?
        .z_loss(z_loss.unwrap_or(0.0))?
        .hessian_factor(hessian_factor.unwrap_or(1.0))?;
    let value = Self { ignore_index, ..value };
    Ok(value.reduction(reduction).empty_mean(empty_mean).execution(execution))
});
