//! Gradient descent with weight decay.

use super::options::{Options, options};
use super::{Rows, Tensor, lists, rows};
use crate::{Element, Error, check};
use gradstep_kernels::{Target, ops};

/// Stochastic gradient descent with weight decay, in one pass.
///
/// `w := w (1 - learning_rate weight_decay) - learning_rate grad_scale g`, with
/// `+` instead of `-` before the gradient to maximise. Decay as an L2 term in the
/// gradient and decay of the weight itself are the same update here, so there is
/// one method for both; with momentum they part ways ([`SgdMomentum`]).
///
/// [`SgdMomentum`]: super::SgdMomentum
///
/// # Shapes
///
/// `w`, `g`: `[n]`. `w` is overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] for a learning rate or decay that is negative or not
/// finite; [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]` or `g[i]` makes `w[i]` NaN, and no other.
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`; then two products and a
/// difference, each rounded once. The same bits on every level.
///
/// # Source
///
/// Robbins and Monro, "A stochastic approximation method" (1951); Krogh and
/// Hertz, "A simple weight decay can improve generalization" (1991).
///
/// # Examples
///
/// ```
/// use gradstep::update::Sgd;
///
/// let mut w = [1.0f32, -2.0];
/// Sgd::new(0.5)?.weight_decay(0.5)?.step(&mut w, &[1.0, 0.0])?;
/// assert_eq!(w, [0.25, -1.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    options: Options,
}

options!(
    [] Sgd, new[],
    "Sgd::new(0.5)?": weight_decay, grad_scale, maximize
);

impl Sgd {
    /// A step of `learning_rate` against the gradient.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// assert!(gradstep::update::Sgd::new(f64::NAN).is_err());
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
    /// gradstep::update::Sgd::new(0.5)?.step(&mut w, &[2.0, -2.0])?;
    /// assert_eq!(w, [0.0, 3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(&self, w: &mut [E], g: &[E]) -> Result<(), Error> {
        self.fit::<E>()?;
        let tensor = Tensor { w, g, state: [] };
        lists::step(self.options.execution, self.formula(), tensor)
    }

    /// Updates many tensors, without state, each as [`step`](Self::step) would, bit for
    /// bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// use gradstep::update::{Sgd, Tensor};
    ///
    /// let (mut w, mut bias) = ([1.0f32, 2.0], [4.0f32]);
    /// Sgd::new(0.5)?.step_many(&mut [
    ///     Tensor { w: &mut w, g: &[2.0, -2.0], state: [] },
    ///     Tensor { w: &mut bias, g: &[2.0], state: [] },
    /// ])?;
    /// assert_eq!((w, bias), ([0.0, 3.0], [3.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(&self, tensors: &mut [Tensor<'_, E, 0>]) -> Result<(), Error> {
        self.fit::<E>()?;
        lists::step_many(self.options.execution, self.formula(), tensors)
    }

    /// Updates some rows of a table, each as [`step`](Self::step) would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole rows, [`Error::Element`] for an
    /// index that is no row or comes twice, [`Error::Parameter`] if `columns` is 0.
    ///
    /// ```
    /// use gradstep::update::{Rows, Sgd};
    ///
    /// let mut w = [1.0f32; 6];
    /// let rows = Rows { w: &mut w, state: [], columns: 2, rows: &[1usize], g: &[2.0, -2.0] };
    /// Sgd::new(0.5)?.step_rows(rows)?;
    /// assert_eq!(w, [1.0, 1.0, 0.0, 2.0, 1.0, 1.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_rows<E: Element, R: Target + Sync>(
        &self,
        table: Rows<'_, E, R, 0>,
    ) -> Result<(), Error> {
        self.fit::<E>()?;
        rows::step(self.options.execution, self.formula(), table)
    }

    #[inline(always)]
    fn fit<E: Element>(&self) -> Result<(), Error> {
        self.options.fit(|options| {
            let step = options.learning_rate * options.factor();
            check::finite_in::<E>("learning_rate grad_scale", step)?;
            options.keep_fits::<E>()
        })
    }

    fn formula<E: Element>(&self) -> ops::Sgd<E> {
        let step = self.options.learning_rate * self.options.factor();
        ops::Sgd { keep: self.options.keep(), step: E::from_f64(step) }
    }
}
