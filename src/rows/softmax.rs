//! Softmax over rows, and the methods that its logarithm shares.

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::ops::{self, Logits};

/// The softmax of each row, or the logarithm of that.
///
/// Use it by its names, which state equation, special values and accuracy: [`Softmax`] and
/// [`LogSoftmax`](crate::LogSoftmax).
///
/// # Shapes
///
/// All slices are `[rows, classes]`, row after row; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] for 0 classes; [`Error::Length`] for slices of different
/// lengths, or that are no whole rows. A refused call writes nothing.
///
/// # Accuracy
///
/// The same bits in place and apart, for any number of threads, and on every level that
/// fuses.
///
/// # Source
///
/// Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax
/// functions" (2021).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnySoftmax<const LOGARITHM: bool> {
    classes: usize,
    execution: Execution,
}

/// Softmax over rows.
///
/// `y_j = exp(x_j) / sum_i exp(x_i)`, with the gradient
/// `grad_j = y_j (upstream_j - sum_i upstream_i y_i)`
///
/// Shapes, errors and source: see [`AnySoftmax`].
///
/// # Special values
///
/// -inf gives 0. A row that is -inf throughout, or has +inf or NaN, is NaN, and no other row.
///
/// # Accuracy
///
/// Within 4 ULP, on levels that do not fuse 4.5, however small; subnormal results are
/// kept. `backward` within 4 ULP of the larger of its terms.
///
/// # Examples
///
/// ```
/// use gradstep::Softmax;
///
/// let mut x = [1e8f64, 1e8, 7.0, f64::NEG_INFINITY];
/// Softmax::new(2)?.apply(&mut x)?;
/// assert_eq!(x, [0.5, 0.5, 1.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Softmax = AnySoftmax<false>;

impl<const LOGARITHM: bool> AnySoftmax<LOGARITHM> {
    /// Over rows of `classes` elements.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `classes` is 0.
    ///
    /// ```
    /// assert!(gradstep::Softmax::new(0).is_err());
    /// ```
    pub fn new(classes: usize) -> Result<Self, Error> {
        check::at_least_one("classes", classes as u64)?;
        Ok(Self { classes, execution: Execution::new() })
    }

    getters! {
        "Softmax::new(3)?":
        get_classes -> usize = |this| this.classes, "3";
    }

    execution!(execution, "Softmax::new(1)?", "alone.apply(&mut [0.0f32])?;");

    /// Replaces `x` by its softmax, or by the logarithm of that.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is no whole rows.
    ///
    /// ```
    /// let mut x = [3.0f64];
    /// gradstep::Softmax::new(1)?.apply(&mut x)?;
    /// assert_eq!(x, [1.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply<E: Element>(&self, x: &mut [E]) -> Result<(), Error> {
        check::whole_rows("x", self.classes, x.len())?;
        self.run(Logits::InPlace(x));
        Ok(())
    }

    /// Writes the softmax of `x`, or the logarithm of that, to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is no whole rows, or `out` is not as long.
    ///
    /// ```
    /// let mut out = [0.5f64];
    /// gradstep::LogSoftmax::new(1)?.apply_into(&[3.0], &mut out)?;
    /// assert_eq!(out, [0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into<E: Element>(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::whole_rows("x", self.classes, x.len())?;
        check::length("out", x.len(), out.len())?;
        self.run(Logits::Grad(x, out));
        Ok(())
    }

    /// Writes the gradient with respect to `x`, from the result `y` and the gradient
    /// `upstream` with respect to it, to `grad`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `y` is no whole rows, or the others are not as long.
    ///
    /// ```
    /// let mut grad = [0.0f64; 2];
    /// gradstep::Softmax::new(2)?.backward(&[0.5, 0.5], &[1.0, 0.0], &mut grad)?;
    /// assert_eq!(grad, [0.25, -0.25]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<E: Element>(
        &self,
        y: &[E],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        let classes = self.classes;
        check::whole_rows("y", classes, y.len())?;
        check::length("upstream", y.len(), upstream.len())?;
        check::length("grad", y.len(), grad.len())?;
        let kernel = ops::SoftmaxBackward { y, upstream, grad, classes, logarithm: LOGARITHM };
        split::run(self.execution, kernel);
        Ok(())
    }

    fn run<E: Element>(&self, logits: Logits<'_, E>) {
        let classes = self.classes;
        if LOGARITHM {
            split::run(self.execution, ops::LogSoftmax { logits, classes });
        } else {
            split::run(self.execution, ops::Softmax { logits, classes, upstream: None });
        }
    }
}

stored!([const LOGARITHM: bool] AnySoftmax<LOGARITHM>, |this| {
    classes: usize = this.get_classes(),
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new(classes)?.execution(execution)));
