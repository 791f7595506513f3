//! Proximal gradient descent for L1 and L2 penalties.

use super::hyper_parameters::hyper_parameters;
use super::{Tensor, tensors};
use crate::{Element, Error, Execution, check};
use gradstep_kernels::{Inverse, ops};

/// Proximal gradient step for the elastic net: step, soft-threshold and decay in
/// one pass.
///
/// `w := soft(w - learning_rate grad_scale g, learning_rate l1) / (1 + learning_rate l2)`
/// where `soft` is [`SoftThreshold`](crate::prox::SoftThreshold). It minimises
/// loss `+ l1 |w| + l2 w^2 / 2`, and gives weights that are exactly 0.
///
/// # Shapes
///
/// `w`, `g`: `[n]`. `w` is overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] for a learning rate or penalty that is negative or not
/// finite; [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// A weight of 0 stays exactly +0 wherever `|grad_scale g| <= l1`, with `l1`
/// rounded to the element type. NaN in `w[i]` or `g[i]` makes `w[i]` NaN, and no
/// other.
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`, save for the threshold: it is the
/// rounded product of the rounded learning rate and `l1`, which is what keeps
/// zeros exact. The same bits on every level.
///
/// # Source
///
/// Daubechies, Defrise and De Mol, "An iterative thresholding algorithm for linear
/// inverse problems with a sparsity constraint" (2004); Zou and Hastie,
/// "Regularization and variable selection via the elastic net" (2005).
///
/// # Examples
///
/// ```
/// use gradstep::update::ProxSgd;
///
/// let mut w = [1.0f32, 0.0, 0.125];
/// ProxSgd::new(0.5)?.l1(0.5)?.step(&mut w, &[1.0, 0.5, 0.0])?;
/// assert_eq!(w, [0.25, 0.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxSgd {
    pub(super) learning_rate: f64,
    pub(super) l1: f64,
    pub(super) l2: f64,
    pub(super) grad_scale: f64,
    execution: Execution,
}

hyper_parameters! {
    ProxSgd(0.5), 4: learning_rate;
    l1 = l1, l2 = l2, grad_scale = grad_scale
}

impl ProxSgd {
    /// A step of `learning_rate` against the gradient, with no penalty yet.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// assert!(gradstep::update::ProxSgd::new(-0.1).is_err());
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self {
            learning_rate: check::finite_not_negative("learning_rate", learning_rate)?,
            l1: 0.0,
            l2: 0.0,
            grad_scale: 1.0,
            execution: Execution::new(),
        })
    }

    /// The strength of the penalty `l1 |w|`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `l1` is negative or not finite.
    ///
    /// ```
    /// let mut w = [1.0f64];
    /// gradstep::update::ProxSgd::new(0.5)?.l1(1.0)?.step(&mut w, &[0.0])?;
    /// assert_eq!(w, [0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn l1(self, l1: f64) -> Result<Self, Error> {
        Ok(Self { l1: check::finite_not_negative("l1", l1)?, ..self })
    }

    /// The strength of the penalty `l2 w^2 / 2`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `l2` is negative or not finite.
    ///
    /// ```
    /// let mut w = [1.0f64];
    /// gradstep::update::ProxSgd::new(0.5)?.l2(2.0)?.step(&mut w, &[0.0])?;
    /// assert_eq!(w, [0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn l2(self, l2: f64) -> Result<Self, Error> {
        Ok(Self { l2: check::finite_not_negative("l2", l2)?, ..self })
    }

    /// Multiplies the gradient by `grad_scale` in the same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `grad_scale` is not finite.
    ///
    /// ```
    /// let mut w = [1.0f64];
    /// gradstep::update::ProxSgd::new(1.0)?.grad_scale(0.25)?.step(&mut w, &[2.0])?;
    /// assert_eq!(w, [0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_scale(self, grad_scale: f64) -> Result<Self, Error> {
        Ok(Self { grad_scale: check::finite("grad_scale", grad_scale)?, ..self })
    }

    /// How to run.
    ///
    /// ```
    /// use gradstep::{Execution, update::ProxSgd};
    ///
    /// let mut w = [1.0f64];
    /// ProxSgd::new(1.0)?.execution(Execution::new().sequential()).step(&mut w, &[2.0])?;
    /// assert_eq!(w, [-1.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn execution(self, execution: Execution) -> Self {
        Self { execution, ..self }
    }

    /// Updates `w`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut w = [1.0f32, 2.0];
    /// gradstep::update::ProxSgd::new(0.5)?.step(&mut w, &[2.0, -2.0])?;
    /// assert_eq!(w, [0.0, 3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(&self, w: &mut [E], g: &[E]) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [] };
        tensors::step(self.execution, self.formula(), tensor, [])
    }

    /// Updates many tensors, without state, each as [`step`](Self::step) would, bit for
    /// bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// use gradstep::update::{ProxSgd, Tensor};
    ///
    /// let mut w = [1.0f32, 2.0];
    /// let tensor = Tensor { w: &mut w, g: &[2.0, -2.0], state: [] };
    /// ProxSgd::new(0.5)?.step_many(&mut [tensor])?;
    /// assert_eq!(w, [0.0, 3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(&self, tensors: &mut [Tensor<'_, E, 0>]) -> Result<(), Error> {
        tensors::step_many(self.execution, self.formula(), tensors, [])
    }

    pub(super) fn formula<E: Element>(&self) -> ops::ProxSgd<E> {
        let step = E::from_f64(self.learning_rate);
        let threshold = step * E::from_f64(self.l1);
        ops::ProxSgd {
            grad_scale: E::from_f64(self.grad_scale),
            step,
            threshold: finite(threshold),
            shrink: Inverse::of(1.0 + self.learning_rate * self.l2),
        }
    }
}

/// A threshold that overflows is the largest number: it leaves nothing of any other.
pub(super) fn finite<E: Element>(threshold: E) -> E {
    let largest = E::from_bits(E::INFINITY.bits() - 1);
    if threshold > largest { largest } else { threshold }
}
