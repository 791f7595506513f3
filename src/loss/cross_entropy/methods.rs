//! The calls of a cross-entropy: loss, gradient, both, and each row by itself.

use super::{CrossEntropy, LossSum};
use crate::{Element, Error, check};
use gradstep_kernels::ops::{CrossEntropyOutputs as Outputs, Logits};
use gradstep_kernels::{AnyTarget, Targets};

impl<E: Element> CrossEntropy<'_, E> {
    /// The loss.
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// assert_eq!(CrossEntropy::new(2)?.loss(&[5.0f64, 5.0], &[1u8])?, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss<T: AnyTarget<E>>(&self, logits: &[E], targets: &[T]) -> Result<f64, Error> {
        self.reduced(Logits::Read(logits), self.targets(targets))
    }

    /// The loss; also writes its gradient with respect to `logits` to `grad`.
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 2];
    /// let loss = CrossEntropy::new(2)?.loss_and_grad(&[5.0, 5.0], &[1u8], &mut grad)?;
    /// assert_eq!((loss, grad), (2f64.ln(), [0.5, -0.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad<T: AnyTarget<E>>(
        &self,
        logits: &[E],
        targets: &[T],
        grad: &mut [E],
    ) -> Result<f64, Error> {
        self.reduced(Logits::Grad(logits, grad), self.targets(targets))
    }

    /// The loss; also replaces `logits` by the gradient. The same bits as
    /// [`loss_and_grad`](Self::loss_and_grad).
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut buffer = [5.0f64, 5.0];
    /// let loss = CrossEntropy::new(2)?.loss_and_grad_in_place(&mut buffer, &[1u8])?;
    /// assert_eq!((loss, buffer), (2f64.ln(), [0.5, -0.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_and_grad_in_place<T: AnyTarget<E>>(
        &self,
        logits: &mut [E],
        targets: &[T],
    ) -> Result<f64, Error> {
        self.reduced(Logits::InPlace(logits), self.targets(targets))
    }

    /// Writes the loss of each row to `out`, 0 for ignored rows: no reduction.
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut out = [0.0f64; 2];
    /// CrossEntropy::new(2)?.losses(&[5.0, 5.0, 1e3, 0.0], &[1u8, 0], &mut out)?;
    /// assert_eq!(out, [2f64.ln(), 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn losses<T: AnyTarget<E>>(
        &self,
        logits: &[E],
        targets: &[T],
        out: &mut [E],
    ) -> Result<(), Error> {
        let checked = self.check(&Logits::Read(logits), self.targets(targets))?;
        check::length("out", checked.shape.rows, out.len())?;
        let outputs = Outputs { losses: Some(out), ..Outputs::default() };
        checked.run_rows(self, Logits::Read(logits), None, outputs);
        Ok(())
    }

    /// Writes `upstream[i]` times the gradient of row `i`'s loss, with its weight, to row `i` of
    /// `grad`: the gradient of [`losses`](Self::losses), whatever the reduction.
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut grad = [0.0f64; 2];
    /// CrossEntropy::new(2)?.backward(&[5.0, 5.0], &[1u8], &[4.0], &mut grad)?;
    /// assert_eq!(grad, [2.0, -2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<T: AnyTarget<E>>(
        &self,
        logits: &[E],
        targets: &[T],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        let logits = Logits::Grad(logits, grad);
        let checked = self.check(&logits, self.targets(targets))?;
        check::length("upstream", checked.shape.rows, upstream.len())?;
        checked.run_rows(self, logits, Some(upstream), Outputs::default());
        Ok(())
    }

    /// Everything in one pass: the loss as a [`LossSum`], the gradient where
    /// `logits` says, and of each row what `outputs` asks for. The gradient is that
    /// of the reduced loss, as in [`loss_and_grad`](Self::loss_and_grad).
    ///
    /// Errors: see [`CrossEntropy`].
    ///
    /// ```
    /// use gradstep::loss::{CrossEntropy, Logits, Outputs};
    ///
    /// let (logits, mut grad, mut logsumexp) = ([5.0f64, 5.0], [0.0; 2], [0.0]);
    /// let outputs = Outputs { logsumexp: Some(&mut logsumexp), count_correct: true, ..Outputs::default() };
    /// let all = CrossEntropy::new(2)?.evaluate(Logits::Grad(&logits, &mut grad), &[0u8], outputs)?;
    /// assert_eq!((all.mean(), all.correct(), all.rows()), (2f64.ln(), 1, 1));
    /// assert_eq!((grad, logsumexp), ([-0.5, 0.5], [5.0 + 2f64.ln()]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn evaluate<T: AnyTarget<E>>(
        &self,
        logits: Logits<'_, E>,
        targets: &[T],
        outputs: Outputs<'_, E>,
    ) -> Result<LossSum, Error> {
        self.evaluated(logits, self.targets(targets), outputs)
    }

    // Not inlined: once for all types of targets.
    #[inline(never)]
    fn evaluated(
        &self,
        logits: Logits<'_, E>,
        targets: Targets<'_, E>,
        outputs: Outputs<'_, E>,
    ) -> Result<LossSum, Error> {
        let checked = self.check(&logits, targets)?;
        if let Some(losses) = &outputs.losses {
            check::length("losses", checked.shape.rows, losses.len())?;
        }
        if let Some(logsumexp) = &outputs.logsumexp {
            check::length("logsumexp", checked.shape.rows, logsumexp.len())?;
        }
        checked.reduce(self, logits, outputs).map(|(_, sum)| sum)
    }

    // The loss, with nothing written but a gradient.
    #[inline(never)]
    fn reduced(&self, logits: Logits<'_, E>, targets: Targets<'_, E>) -> Result<f64, Error> {
        let checked = self.check_here(&logits, targets)?;
        checked.reduce(self, logits, Outputs::default()).map(|(loss, _)| loss)
    }
}
