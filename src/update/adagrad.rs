//! Adagrad.

use super::options::{Options, options};
use super::{Rows, Tensor, lists, rows};
use crate::{Element, Error, check};
use gradstep_kernels::{Target, ops};

/// Adagrad: steps over the root of the sum of all squares, in one pass.
///
/// With `h = grad_scale g` (negated to maximise) plus `weight_decay w`, and the step number
/// `t = 1, 2, ..`:
///
/// ```text
/// sum := sum + h^2
/// w := w - learning_rate / (1 + (t - 1) learning_rate_decay) h / (sqrt(sum) + eps)
/// ```
///
/// Rare features keep long steps, frequent ones get short ones: for sparse data.
///
/// # Shapes
///
/// `w`, `g`, `sum`: `[n]`. `w` and `sum` are overwritten. `sum` starts as zeros, or as another
/// number (`initial_accumulator_value` in torch).
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range and for `t = 0`; [`Error::Length`] if
/// lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]` or `sum[i]` makes `w[i]` NaN, and no other; in `g[i]`, or with decay in
/// `w[i]`, it makes `sum[i]` NaN, too. A gradient whose square overflows makes `sum[i]` infinite,
/// and `w[i]` moves no more; an infinite one makes `w[i]` NaN. `eps = 0` gives 0 / 0, which is
/// NaN, where every gradient so far was 0, and infinity where they were so small that their
/// squares vanish (below 1e-22 in `f32`).
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`; then each operation of the equations is rounded
/// once. By counting these, and of the sum of the terms' magnitudes, `sum` is within 8 ULP and
/// `w` within 13 (`f64`: 16). The same bits on every level.
///
/// # Source
///
/// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
/// optimization" (2011); `eps` and the decay of the rate as in torch.
///
/// # Examples
///
/// ```
/// use gradstep::update::Adagrad;
///
/// let adagrad = Adagrad::new(0.5)?.eps(0.0)?;
/// let (mut w, mut sum) = ([1.0f32, 1.0], [0.0, 9.0]);
/// adagrad.step(&mut w, &[-7.0, 4.0], &mut sum, 1)?;
/// assert_eq!((w, sum), ([1.5, 0.6], [49.0, 25.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    options: Options,
    learning_rate_decay: f64,
}

options!(
    [] Adagrad, new[],
    "Adagrad::new(0.5)?": learning_rate_decay own, eps, weight_decay, grad_scale, maximize
);

impl Adagrad {
    /// Steps of `learning_rate` at first, with `eps(1e-10)` and no decay, as in torch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::Adagrad;
    ///
    /// let default = Adagrad::new(0.01)?.learning_rate_decay(0.0)?.eps(1e-10)?.weight_decay(0.0)?;
    /// assert_eq!(Adagrad::new(0.01)?, default);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        let options = Options { eps: 1e-10, ..Options::new(learning_rate)? };
        Ok(Self { options, learning_rate_decay: 0.0 })
    }

    /// Divides the learning rate by `1 + (t - 1) learning_rate_decay` at step `t`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate_decay` is negative or not finite.
    ///
    /// ```
    /// let adagrad = gradstep::update::Adagrad::new(0.5)?.eps(0.0)?.learning_rate_decay(1.0)?;
    /// let (mut w, mut sum) = ([1.0f64], [0.0]);
    /// adagrad.step(&mut w, &[3.0], &mut sum, 2)?;
    /// assert_eq!(w, [0.75]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn learning_rate_decay(self, learning_rate_decay: f64) -> Result<Self, Error> {
        let decay = check::finite_not_negative("learning_rate_decay", learning_rate_decay)?;
        Ok(Self { learning_rate_decay: decay, ..self })
    }

    /// Updates `w` and `sum` by step `t`, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// let adagrad = gradstep::update::Adagrad::new(0.5)?.eps(1.0)?.weight_decay(1.0)?;
    /// let (mut w, mut sum) = ([1.0f64], [0.0]);
    /// adagrad.step(&mut w, &[2.0], &mut sum, 1)?;
    /// assert_eq!((w, sum), ([1.0 - 0.5 * 3.0 / 4.0], [9.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(
        &self,
        w: &mut [E],
        g: &[E],
        sum: &mut [E],
        t: u64,
    ) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [sum] };
        lists::step(self.options.execution, self.formula(t)?, tensor)
    }

    /// Updates many tensors, with the state `[sum]`, each as [`step`](Self::step) would, bit for
    /// bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ, [`Error::Parameter`] if `t` is
    /// 0.
    ///
    /// ```
    /// use gradstep::update::{Adagrad, Tensor};
    ///
    /// let (mut w, mut sum) = ([1.0f32; 2], [0.0; 2]);
    /// let tensor = Tensor { w: &mut w, g: &[8.0, -8.0], state: [&mut sum] };
    /// Adagrad::new(0.5)?.step_many(&mut [tensor], 1)?;
    /// assert_eq!(w, [0.5, 1.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 1>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    /// Updates some rows of a table, with the state `[sum]`, each as [`step`](Self::step) would,
    /// bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole rows, [`Error::Element`] for an
    /// index that is no row or comes twice, [`Error::Parameter`] if `columns` or `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{Adagrad, Rows};
    ///
    /// let (mut w, mut sum) = ([1.0f32; 4], [0.0; 4]);
    /// let (state, g) = ([&mut sum[..]], &[3.0, -3.0]);
    /// let rows = Rows { w: &mut w, state, columns: 2, rows: &[1u32], g };
    /// Adagrad::new(0.5)?.step_rows(rows, 1)?;
    /// assert_eq!((w, sum), ([1.0, 1.0, 0.5, 1.5], [0.0, 0.0, 9.0, 9.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_rows<E: Element, R: Target + Sync>(
        &self,
        table: Rows<'_, E, R, 1>,
        t: u64,
    ) -> Result<(), Error> {
        rows::step(self.options.execution, self.formula(t)?, table)
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::Adagrad<E>, Error> {
        #[allow(clippy::cast_precision_loss)]
        let before = (check::at_least_one("t", t)? - 1) as f64;
        let step = self.options.learning_rate / (1.0 + before * self.learning_rate_decay);
        self.options.fit(|options| {
            check::finite_in::<E>("learning_rate", step)?;
            options.eps_fits::<E>(1.0, None)?;
            options.scale_fits::<E>()?;
            options.coupled_fits::<E>()
        })?;
        Ok(ops::Adagrad {
            coupled: self.options.gradient(),
            step: E::from_f64(step),
            eps: E::from_f64(self.options.eps),
        })
    }
}
