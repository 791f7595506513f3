//! An update of one's own.

use super::{Rows, Tensor, Update, lists, rows};
use crate::execution::execution;
use crate::{Element, Error, Execution};
use gradstep_kernels::Target;

/// An update from its formula: how one of your own gets checked lengths, lists of tensors,
/// levels and threads.
///
/// # Shapes
///
/// `w`, `g` and each of the `N` slices of state: `[n]`. All but `g` are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, by the name that [`Update::STATE`] gives a slice. A
/// refused call writes nothing.
///
/// # Accuracy
///
/// What the formula has. The same bits for any number of threads, alone or in a list, and on
/// every level that fuses; on all levels if the formula has no exponential, no logarithm and no
/// `mul_add`.
///
/// # Examples
///
/// ```
/// use gradstep::formula::{Element, Isa, Lanes, Update};
/// use gradstep::update::Updater;
///
/// /// `w := w - rate sign(g)`, by Bernstein and others, "signSGD" (2018).
/// #[derive(Clone, Copy)]
/// struct SignSgd {
///     rate: f64,
/// }
///
/// impl<E: Element> Update<E, 0> for SignSgd {
///     #[inline(always)]
///     fn step<I: Isa, const FORM: u8>(
///         self,
///         w: E::Lanes<I>,
///         g: E::Lanes<I>,
///         state: [E::Lanes<I>; 0],
///     ) -> (E::Lanes<I>, [E::Lanes<I>; 0]) {
///         (w - w.splat(E::from_f64(self.rate)).with_sign_of(g), state)
///     }
/// }
///
/// let mut w = [1.0f32, 1.0, 1.0];
/// Updater::from_formula(SignSgd { rate: 0.25 }).step(&mut w, &[3.0, -7.0, 0.0], [])?;
/// assert_eq!(w, [0.75, 1.25, 1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Updater<U> {
    formula: U,
    execution: Execution,
}

impl<U> Updater<U> {
    /// Steps by this formula.
    ///
    /// ```
    /// # use gradstep::kernels::ops::Sgd; // any formula
    /// use gradstep::update::Updater;
    ///
    /// let update = Updater::from_formula(Sgd { keep: 1.0f32, step: 0.5 });
    /// let mut w = [1.0];
    /// update.step(&mut w, &[2.0], [])?;
    /// assert_eq!(w, [0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn from_formula(formula: U) -> Self {
        Self { formula, execution: Execution::new() }
    }

    execution!(
        execution,
        "update::Updater::from_formula(gradstep::kernels::ops::Sgd { keep: 1.0f64, step: 0.5 })",
        "alone.step(&mut [3.0], &[1.0], [])?;"
    );

    /// Updates `w` and the slices of state.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// # use gradstep::kernels::ops::Sgd; // any formula
    /// use gradstep::update::Updater;
    ///
    /// let update = Updater::from_formula(Sgd { keep: 0.5f32, step: 0.5 });
    /// let mut w = [1.0, 2.0];
    /// update.step(&mut w, &[1.0, 0.0], [])?;
    /// assert_eq!(w, [0.0, 1.0]);
    /// assert!(update.step(&mut w, &[1.0], []).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element, const N: usize>(
        &self,
        w: &mut [E],
        g: &[E],
        state: [&mut [E]; N],
    ) -> Result<(), Error>
    where
        U: Update<E, N>,
    {
        lists::step(self.execution, self.formula, Tensor { w, g, state })
    }

    /// Updates many tensors, each as [`step`](Self::step) would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// # use gradstep::kernels::ops::Sgd; // any formula
    /// use gradstep::update::{Tensor, Updater};
    ///
    /// let (mut w, mut bias) = ([1.0f32, 2.0], [4.0]);
    /// let update = Updater::from_formula(Sgd { keep: 1.0, step: 0.5 });
    /// update.step_many(&mut [
    ///     Tensor { w: &mut w, g: &[2.0, -2.0], state: [] },
    ///     Tensor { w: &mut bias, g: &[2.0], state: [] },
    /// ])?;
    /// assert_eq!((w, bias), ([0.0, 3.0], [3.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element, const N: usize>(
        &self,
        tensors: &mut [Tensor<'_, E, N>],
    ) -> Result<(), Error>
    where
        U: Update<E, N>,
    {
        lists::step_many(self.execution, self.formula, tensors)
    }

    /// Updates some rows of a table, each as [`step`](Self::step) would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole rows, [`Error::Element`] for an
    /// index that is no row or comes twice, [`Error::Parameter`] if `columns` is 0.
    ///
    /// ```
    /// # use gradstep::kernels::ops::Sgd; // any formula
    /// use gradstep::update::{Rows, Updater};
    ///
    /// let mut w = [1.0f32; 4];
    /// let rows = Rows { w: &mut w, state: [], columns: 2, rows: &[1u8], g: &[2.0, -2.0] };
    /// Updater::from_formula(Sgd { keep: 1.0, step: 0.5 }).step_rows(rows)?;
    /// assert_eq!(w, [1.0, 1.0, 0.0, 2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_rows<E: Element, R: Target + Sync, const N: usize>(
        &self,
        table: Rows<'_, E, R, N>,
    ) -> Result<(), Error>
    where
        U: Update<E, N>,
    {
        rows::step(self.execution, self.formula, table)
    }
}
