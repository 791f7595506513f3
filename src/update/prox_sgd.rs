//! Proximal gradient descent for L1 and L2 penalties.

use super::options::{Options, options};
use super::{Tensor, lists};
use crate::{Element, Error};

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
    options: Options,
}

options!(
    [] ProxSgd, new[],
    "ProxSgd::new(0.5)?": l1, l2, grad_scale
);

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
        Ok(Self { options: Options::new(learning_rate)? })
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
        self.options.fit(Options::prox_fits::<E>)?;
        let tensor = Tensor { w, g, state: [] };
        lists::step(self.options.execution, self.options.prox(), tensor)
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
        self.options.fit(Options::prox_fits::<E>)?;
        lists::step_many(self.options.execution, self.options.prox(), tensors)
    }
}
