//! Softmax cross-entropy with class indices.

use crate::{Element, EmptyMean, Error, Execution, Reduction, check, split};
use core::marker::PhantomData;
use gradstep_kernels::ops::{self, Logits};
use gradstep_kernels::{Target, Targets};

/// Cross-entropy of a softmax over rows of logits, with class indices as targets.
///
/// For a row `x` of `C` logits with the class `y`, with `m = max x`:
///
/// ```text
/// loss            = ln(sum_j exp(x_j)) - x_y = (m - x_y) + ln(sum_j exp(x_j - m))
/// d loss / d x_j  = exp(x_j - m) / sum_i exp(x_i - m) - [j = y]
/// ```
///
/// The unit is nats. Targets may be of any integer type ([`Target`]).
///
/// # Shapes
///
/// Logits and gradient are `[rows, classes]`, row after row; targets, `losses`'s
/// output and `backward`'s upstream factors are `[rows]`. Outputs are overwritten.
///
/// # Errors
///
/// [`Error::Target`] for a target that is neither a class nor the ignored index;
/// [`Error::Length`] if shapes do not fit; [`Error::Parameter`] for a denominator
/// that is not finite and above 0; [`Error::EmptyMean`] if that was chosen. A
/// refused call writes nothing.
///
/// # Special values
///
/// A logit of -inf is a masked class: probability and gradient 0, and an infinite
/// loss if it is the target. A row that is -inf throughout, or has +inf or NaN,
/// is NaN, and no other row. An ignored row costs 0, its gradient is exactly 0 and
/// its logits have no influence, whatever they hold. With no row left, the mean
/// follows [`EmptyMean`]; sum and gradient are 0.
///
/// # Accuracy
///
/// Nothing cancels: each row's loss and each gradient element is within 4 ULP, also
/// for logits of 1e8 and where the probability of the target is nearly 1 and loss
/// and gradient are tiny. Beyond that, an ULP for each unit by which a row's logits
/// differ, where `x_j - m` rounds, and for equal terms 0.3 ULP for each that one
/// lane of the row's sum adds: at most `classes` up to 32 classes, then
/// `classes / 32` and at most 128 in `f32`, `classes / 16` and at most 64 in `f64`.
/// Probabilities below 2^-126 in `f32`, 2^-1022 in `f64` count as 0. In place and
/// separate gradients have the same bits; so have all numbers of threads, and all
/// levels that fuse.
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
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy<E> {
    classes: usize,
    ignore_index: Option<i128>,
    reduction: Reduction,
    empty_mean: EmptyMean,
    execution: Execution,
    element: PhantomData<E>,
}

impl<E: Element> CrossEntropy<E> {
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
            ignore_index: None,
            reduction: Reduction::Mean,
            empty_mean: EmptyMean::Nan,
            execution: Execution::new(),
            element: PhantomData,
        })
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

    /// What becomes of the rows' losses; [`Reduction::Mean`] over the rows not
    /// ignored if not said.
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

    /// What the mean over no rows is; [`EmptyMean::Nan`] if not said.
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

    /// How to run.
    ///
    /// ```
    /// use gradstep::{Execution, loss::CrossEntropy};
    ///
    /// let ce = CrossEntropy::new(2)?.execution(Execution::new().sequential());
    /// assert_eq!(ce.loss(&[0.0f64, 0.0], &[0u8])?, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn execution(self, execution: Execution) -> Self {
        Self { execution, ..self }
    }

    /// The loss.
    ///
    /// # Errors
    ///
    /// See [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// assert_eq!(CrossEntropy::new(2)?.loss(&[5.0f64, 5.0], &[1u8])?, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss<T: Target>(&self, logits: &[E], targets: &[T]) -> Result<f64, Error> {
        self.check(logits.len(), targets)?.mean(self, Logits::Read(logits))
    }

    /// The loss; also writes its gradient with respect to `logits` to `grad`.
    ///
    /// # Errors
    ///
    /// See [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 2];
    /// let loss = CrossEntropy::new(2)?.loss_and_grad(&[5.0, 5.0], &[1u8], &mut grad)?;
    /// assert_eq!((loss, grad), (2f64.ln(), [0.5, -0.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        grad: &mut [E],
    ) -> Result<f64, Error> {
        check::length("grad", logits.len(), grad.len())?;
        self.check(logits.len(), targets)?.mean(self, Logits::Grad(logits, grad))
    }

    /// The loss; also replaces `logits` by the gradient. The same bits as
    /// [`loss_and_grad`](Self::loss_and_grad).
    ///
    /// # Errors
    ///
    /// See [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut buffer = [5.0f64, 5.0];
    /// let loss = CrossEntropy::new(2)?.loss_and_grad_in_place(&mut buffer, &[1u8])?;
    /// assert_eq!((loss, buffer), (2f64.ln(), [0.5, -0.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad_in_place<T: Target>(
        &self,
        logits: &mut [E],
        targets: &[T],
    ) -> Result<f64, Error> {
        self.check(logits.len(), targets)?.mean(self, Logits::InPlace(logits))
    }

    /// Writes the loss of each row to `out`, 0 for ignored rows: no reduction.
    ///
    /// # Errors
    ///
    /// See [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut out = [0.0f64; 2];
    /// CrossEntropy::new(2)?.losses(&[5.0, 5.0, 1e3, 0.0], &[1u8, 0], &mut out)?;
    /// assert_eq!(out, [2f64.ln(), 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn losses<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        out: &mut [E],
    ) -> Result<(), Error> {
        check::length("out", targets.len(), out.len())?;
        let checked = self.check(logits.len(), targets)?;
        checked.run(self, Logits::Read(logits), E::ONE, None, Some(out));
        Ok(())
    }

    /// Writes `upstream[i]` times the gradient of row `i`'s loss to row `i` of
    /// `grad`: the gradient of [`losses`](Self::losses), whatever the reduction.
    ///
    /// # Errors
    ///
    /// See [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 2];
    /// CrossEntropy::new(2)?.backward(&[5.0, 5.0], &[1u8], &[4.0], &mut grad)?;
    /// assert_eq!(grad, [2.0, -2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        check::length("upstream", targets.len(), upstream.len())?;
        check::length("grad", logits.len(), grad.len())?;
        let checked = self.check(logits.len(), targets)?;
        checked.run(self, Logits::Grad(logits, grad), E::ONE, Some(upstream), None);
        Ok(())
    }

    /// Refuses what can't be computed.
    fn check<'t, T: Target>(&self, logits: usize, targets: &'t [T]) -> Result<Checked<'t>, Error> {
        let (rows, classes) = (targets.len(), self.classes);
        let expected = rows.checked_mul(classes).ok_or(Error::Shape { rows, classes })?;
        check::length("logits", expected, logits)?;
        let targets = Targets::new(targets, self.ignore_index);
        let counted = targets.count(classes).map_err(|(row, target)| Error::Target {
            row,
            target,
            classes,
        })?;
        #[allow(clippy::cast_precision_loss)] // exact below 2^53 rows
        let denominator = self.reduction.denominator(counted, || counted as f64)?;
        Ok(Checked { targets, denominator })
    }
}

/// Targets that have been found to be classes.
struct Checked<'t> {
    targets: Targets<'t>,
    denominator: f64,
}

impl Checked<'_> {
    fn mean<E: Element>(
        &self,
        options: &CrossEntropy<E>,
        logits: Logits<'_, E>,
    ) -> Result<f64, Error> {
        let empty = self.denominator == 0.0;
        if empty && options.empty_mean == EmptyMean::Error {
            return Err(Error::EmptyMean);
        }
        let scale = if empty { E::ZERO } else { E::from_f64(self.denominator.recip()) };
        let sum = self.run(options, logits, scale, None, None);
        Ok(match options.empty_mean {
            EmptyMean::Zero if empty => 0.0,
            _ => sum / self.denominator,
        })
    }

    fn run<E: Element>(
        &self,
        options: &CrossEntropy<E>,
        logits: Logits<'_, E>,
        scale: E,
        upstream: Option<&[E]>,
        losses: Option<&mut [E]>,
    ) -> f64 {
        let (classes, targets) = (options.classes, self.targets);
        let kernel = ops::CrossEntropy { logits, classes, targets, scale, upstream, losses };
        split::run(options.execution, kernel)
    }
}
