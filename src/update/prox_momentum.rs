//! Proximal gradient descent with momentum: ISTA and FISTA.

use super::options::{Options, PLAIN, options};
use super::{Tensor, lists};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Proximal gradient step with momentum for L1 and L2 penalties, in one pass: FISTA.
///
/// The gradient is taken at a point `y` that lies ahead of the weights `w`:
///
/// ```text
/// previous := w
/// w := soft(y - learning_rate grad_scale g, learning_rate l1) / (1 + learning_rate l2)
/// y := w + momentum (w - previous)
/// ```
///
/// where `soft` is [`SoftThreshold`](crate::prox::SoftThreshold). Without momentum it
/// is ISTA, and `y` is `w`. FISTA raises the momentum step by step as in the example;
/// a restart is one step without. It minimises loss `+ l1 |w| + l2 w^2 / 2`, for
/// learning rates up to 1 / (largest curvature of the loss).
///
/// # Shapes
///
/// `w`, `g`, `y`: `[n]`. `w` and `y` are overwritten; both start at the same point. `w`
/// is the solution: it alone is sparse.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter that is negative or not finite;
/// [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// `w[i]` is exactly +0 wherever `|y[i] - learning_rate grad_scale g[i]|` is at most
/// `learning_rate l1`; where `y[i]` is 0, wherever `|grad_scale g[i]| <= l1`, with `l1`
/// rounded to the element type. NaN in `g[i]` or `y[i]` makes `w[i]` and `y[i]` NaN; NaN
/// in `w[i]`, which was only the start of the last move, `y[i]` alone.
///
/// # Accuracy
///
/// As [`ProxSgd`](super::ProxSgd) for `w`; then three operations for `y`, each rounded
/// once. The same bits on every level.
///
/// # Source
///
/// Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear
/// inverse problems" (2009); O'Donoghue and Candes, "Adaptive restart for accelerated
/// gradient schemes" (2015).
///
/// # Examples
///
/// FISTA on `(w - 3)^2 / 2 + |w|`, whose minimum is at 2:
///
/// ```
/// use gradstep::update::ProxMomentum;
///
/// let (mut w, mut y) = ([0.0f64], [0.0]);
/// let mut s = 1.0f64;
/// for _ in 0..100 {
///     let next = (1.0 + (1.0 + 4.0 * s * s).sqrt()) / 2.0;
///     let step = ProxMomentum::new(0.5, (s - 1.0) / next)?.l1(1.0)?;
///     s = next;
///     let g = [y[0] - 3.0];
///     step.step(&mut w, &g, &mut y)?;
/// }
/// assert!((w[0] - 2.0).abs() < 1e-9);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxMomentum {
    options: Options,
    momentum: f64,
}

options!(
    [] ProxMomentum, new[momentum],
    "ProxMomentum::new(0.5, 0.9)?": momentum new, l1, l2, grad_scale
);

impl ProxMomentum {
    /// A step of `learning_rate` from `y`, which then goes ahead by the share
    /// `momentum` of the move; with no penalty yet.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if either is negative or not finite.
    ///
    /// ```
    /// assert!(gradstep::update::ProxMomentum::new(0.1, -0.5).is_err());
    /// ```
    pub fn new(learning_rate: f64, momentum: f64) -> Result<Self, Error> {
        Ok(Self {
            options: Options::new(learning_rate)?,
            momentum: check::finite_not_negative("momentum", momentum)?,
        })
    }

    /// Updates `w` and `y` with the gradient at `y`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let step = gradstep::update::ProxMomentum::new(0.5, 0.5)?.l1(0.5)?;
    /// let (mut w, mut y) = ([1.0f32, 0.0], [2.0f32, 0.0]);
    /// step.step(&mut w, &[0.5, 0.5], &mut y)?;
    /// assert_eq!((w, y), ([1.5, 0.0], [1.75, 0.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(&self, w: &mut [E], g: &[E], y: &mut [E]) -> Result<(), Error> {
        self.fit::<E>()?;
        let tensor = Tensor { w, g, state: [y] };
        lists::step(self.options.execution, self.formula(), tensor)
    }

    /// Updates many tensors, with the state `[y]`, each as [`step`](Self::step) would,
    /// bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// use gradstep::update::{ProxMomentum, Tensor};
    ///
    /// let (mut w, mut y) = ([1.0f32], [2.0]);
    /// let tensor = Tensor { w: &mut w, g: &[0.5], state: [&mut y] };
    /// ProxMomentum::new(0.5, 0.5)?.l1(0.5)?.step_many(&mut [tensor])?;
    /// assert_eq!((w, y), ([1.5], [1.75]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(&self, tensors: &mut [Tensor<'_, E, 1>]) -> Result<(), Error> {
        self.fit::<E>()?;
        lists::step_many(self.options.execution, self.formula(), tensors)
    }

    #[inline(always)]
    fn fit<E: Element>(&self) -> Result<(), Error> {
        if self.momentum > PLAIN {
            check::finite_in::<E>("momentum", self.momentum)?;
        }
        self.options.fit(Options::prox_fits::<E>)
    }

    fn formula<E: Element>(&self) -> ops::ProxMomentum<E> {
        ops::ProxMomentum { prox: self.options.prox(), momentum: E::from_f64(self.momentum) }
    }
}
