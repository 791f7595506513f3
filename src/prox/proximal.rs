//! The methods that all proximal operators of single elements share.

use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::InOut;
use gradstep_kernels::ops::{self, Proximal, Task};

/// A proximal operator of single elements, with its options.
///
/// Use it by its names: [`SoftThreshold`](super::SoftThreshold),
/// [`NonnegativeSoftThreshold`](super::NonnegativeSoftThreshold),
/// [`ElasticNet`](super::ElasticNet), [`BoxConstraint`](super::BoxConstraint) and
/// [`HardThreshold`](super::HardThreshold), which state equation, parameters,
/// accuracy and source. What is here holds for all.
///
/// # Shapes
///
/// All slices have the same length; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, before anything is written.
///
/// # Special values
///
/// NaN in `x[i]` makes the result at `i` NaN, and no other; so does NaN in
/// `upstream[i]`. A result of 0 is always +0.
///
/// # Accuracy
///
/// The same bits on every level, for any number of threads, in place or not, and
/// whether zeros are counted or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prox<E, P> {
    pub(super) formula: P,
    pub(super) execution: Execution,
    element: core::marker::PhantomData<E>,
}

impl<E: Element, P: Proximal<E>> Prox<E, P> {
    /// An operator from its formula: how one of your own gets all methods, levels
    /// and threads.
    ///
    /// ```
    /// use gradstep::formula::{Float, Isa, Lanes};
    /// use gradstep::prox::{Prox, Proximal};
    ///
    /// /// Of `strength u^2 / 2`.
    /// #[derive(Clone, Copy)]
    /// struct Ridge<E>(E);
    ///
    /// impl<E: Float> Proximal<E> for Ridge<E> {
    ///     #[inline(always)]
    ///     fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
    ///         x / (E::ONE + self.0) + E::ZERO // of -0, +0
    ///     }
    ///     #[inline(always)]
    ///     fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
    ///         // NaN of NaN, else the derivative.
    ///         x.keep_where(x.is_nan()) + upstream / (E::ONE + self.0)
    ///     }
    /// }
    ///
    /// let mut x = [3.0f32, -1.0];
    /// Prox::from_formula(Ridge(1.0)).apply(&mut x)?;
    /// assert_eq!(x, [1.5, -0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn from_formula(formula: P) -> Self {
        Self { formula, execution: Execution::new(), element: core::marker::PhantomData }
    }

    execution!(execution, "prox::SoftThreshold::new(1.0)?", "alone.apply(&mut [3.0f32])?;");

    /// Replaces each element of `x` by its proximal point.
    ///
    /// # Errors
    ///
    /// None: any length fits.
    ///
    /// ```
    /// let mut x = [3.0f32, -0.5];
    /// gradstep::prox::SoftThreshold::new(1.0)?.apply(&mut x)?;
    /// assert_eq!(x, [2.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply(&self, x: &mut [E]) -> Result<(), Error> {
        self.run(Task::Apply(x.into()), false);
        Ok(())
    }

    /// [`apply`](Self::apply) that also returns the number of zeros in `x` afterwards, counted in
    /// the same pass.
    ///
    /// # Errors
    ///
    /// None: any length fits.
    ///
    /// ```
    /// let mut x = [3.0f32, -0.5, 0.0];
    /// assert_eq!(gradstep::prox::SoftThreshold::new(1.0)?.apply_and_count(&mut x)?, 2);
    /// assert_eq!(x, [2.0, 0.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_and_count(&self, x: &mut [E]) -> Result<usize, Error> {
        Ok(self.run(Task::Apply(x.into()), true))
    }

    /// Writes the proximal points of `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// gradstep::prox::SoftThreshold::new(1.0)?.apply_into(&[3.0, -0.5], &mut out)?;
    /// assert_eq!(out, [2.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", x.len(), out.len())?;
        self.run(Task::Apply(InOut::apart(x, out)), false);
        Ok(())
    }

    /// [`apply_into`](Self::apply_into) that also returns the number of zeros in `out`, counted in
    /// the same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// let soft = gradstep::prox::SoftThreshold::new(1.0)?;
    /// assert_eq!(soft.apply_into_and_count(&[3.0, -0.5], &mut out)?, 1);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into_and_count(&self, x: &[E], out: &mut [E]) -> Result<usize, Error> {
        check::length("out", x.len(), out.len())?;
        Ok(self.run(Task::Apply(InOut::apart(x, out)), true))
    }

    /// Writes the gradient with respect to `x`: `upstream[i]` times the operator's
    /// derivative at `x[i]`, to `grad`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut grad = [0.0f32; 2];
    /// gradstep::prox::SoftThreshold::new(1.0)?.backward(&[3.0, -0.5], &[7.0, 7.0], &mut grad)?;
    /// assert_eq!(grad, [7.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward(&self, x: &[E], upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
        check::length("upstream", x.len(), upstream.len())?;
        check::length("grad", x.len(), grad.len())?;
        self.run(Task::Backward { at: x, upstream, grad }, false);
        Ok(())
    }

    fn run(&self, task: Task<'_, E>, count: bool) -> usize {
        split::run(self.execution, ops::ApplyProx { formula: self.formula, task, count })
    }
}
