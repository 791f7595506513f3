//! Adam with the methods that it shares with AdamW, and AMSGrad.

use super::options::{Options, options};
use super::{Rows, Tensor, lists, rows};
use crate::{Element, Error, check};
use gradstep_kernels::{Target, ops};

/// Adam with decay coupled to the gradient, in one pass.
///
/// With `h = grad_scale g` (negated to maximise) plus `weight_decay w`, and the step
/// number `t = 1, 2, ..`:
///
/// ```text
/// m := m + (1 - beta1) (h - m)
/// v := beta2 v + (1 - beta2) h^2
/// w := w - learning_rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
/// ```
///
/// Decay that stays out of the averages is [`AdamW`](super::AdamW). Methods, AMSGrad,
/// shapes, errors, special values, accuracy: [`AdamWith`].
///
/// # Source
///
/// Kingma and Ba, "Adam: a method for stochastic optimization" (2015); Reddi, Kale
/// and Kumar, "On the convergence of Adam and beyond" (2018).
///
/// # Examples
///
/// ```
/// use gradstep::update::Adam;
///
/// let adam = Adam::new(0.5)?;
/// let (mut w, mut m, mut v) = ([1.0f32, -2.0], [0.0; 2], [0.0; 2]);
/// adam.step(&mut w, &[1e-3, 0.0], &mut m, &mut v, 1)?;
/// // The first step is as long as the learning rate, whatever the gradient is.
/// assert!((w[0] - 0.5).abs() < 1e-4 && w[1] == -2.0);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Adam = AdamWith<COUPLED>;

/// Decay joins the gradient.
const COUPLED: bool = false;

impl Adam {
    /// Steps of about `learning_rate`, with `betas(0.9, 0.999)`, `eps(1e-8)` and no
    /// decay, as in torch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::Adam;
    ///
    /// let default = Adam::new(1e-3)?.betas(0.9, 0.999)?.eps(1e-8)?.weight_decay(0.0)?;
    /// assert_eq!(Adam::new(1e-3)?, default);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Self::usual(learning_rate)
    }
}

/// Adam, its decay coupled to the gradient or decoupled from it.
///
/// Use it by its names: [`Adam`] and [`AdamW`](super::AdamW), which state equation and
/// source. What is here holds for both.
///
/// AMSGrad ([`step_amsgrad`](Self::step_amsgrad)) keeps the largest `v` so far,
/// `v_max := max(v_max, v)`, and takes its root instead.
///
/// # Shapes
///
/// `w`, `g`, `m`, `v`, `v_max`: `[n]`. All but `g` are overwritten. `m`, `v` and
/// `v_max` start as zeros.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range and for `t = 0`;
/// [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]`, `m[i]`, `v[i]` or `v_max[i]` makes `w[i]` NaN, and no
/// other; in `g[i]`, or with coupled decay in `w[i]`, it makes `m[i]` and `v[i]` NaN, too.
/// An infinite gradient makes `m[i]` and `v[i]` infinite and `w[i]` NaN. One whose square
/// overflows makes `v[i]` infinite, and `w[i]` moves no more. `eps = 0` gives 0 / 0,
/// which is NaN, where every gradient so far was 0, and infinity where they were so small
/// that their squares vanish (below 1e-22 in `f32`). Every `t` up to the largest works: the
/// corrections come to be 1.
///
/// # Accuracy
///
/// Constants are computed in `f64` and rounded once; `eps` and the learning rate
/// take up `sqrt(1 - beta2^t)`, so that an element costs one product less. Then each
/// operation of the equations is rounded once. By counting these, and of the sum of the
/// terms' magnitudes, `m` is within 7 ULP, `v` within 10 and `w` within 18 (`f64`: 23).
/// The same bits on every level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamWith<const DECOUPLED: bool> {
    options: Options,
    betas: ops::Betas,
}

options!(
    [const DECOUPLED: bool] AdamWith<DECOUPLED>, usual[],
    "Adam::new(0.5)?": eps, beta1, beta2, weight_decay, grad_scale, maximize
);

impl<const DECOUPLED: bool> AdamWith<DECOUPLED> {
    /// Updates `w`, `m` and `v` by step `t`, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// let adam = gradstep::update::Adam::new(0.5)?.betas(0.5, 0.0)?.eps(0.0)?;
    /// let (mut w, mut m, mut v) = ([1.0f64], [0.0], [0.0]);
    /// adam.step(&mut w, &[4.0], &mut m, &mut v, 1)?;
    /// assert_eq!((w, m, v), ([0.5], [2.0], [16.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(
        &self,
        w: &mut [E],
        g: &[E],
        m: &mut [E],
        v: &mut [E],
        t: u64,
    ) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [m, v] };
        lists::step(self.options.execution, self.formula(t)?, tensor)
    }

    /// The same with the root of the largest `v` so far, which `v_max` keeps.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// let adam = gradstep::update::Adam::new(0.5)?.betas(0.0, 0.0)?.eps(0.0)?;
    /// let (mut w, mut m, mut v, mut v_max) = ([1.0f64], [0.0], [0.0], [16.0]);
    /// adam.step_amsgrad(&mut w, &[2.0], &mut m, &mut v, &mut v_max, 1)?;
    /// assert_eq!((w, m, v, v_max), ([0.75], [2.0], [4.0], [16.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_amsgrad<E: Element>(
        &self,
        w: &mut [E],
        g: &[E],
        m: &mut [E],
        v: &mut [E],
        v_max: &mut [E],
        t: u64,
    ) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [m, v, v_max] };
        lists::step(self.options.execution, self.formula(t)?, tensor)
    }

    /// Updates many tensors, with the state `[m, v]`, each as [`step`](Self::step)
    /// would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ,
    /// [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{Adam, Tensor};
    ///
    /// let (mut w, g, mut m, mut v) = ([1.0f32; 5], [4.0; 5], [0.0; 5], [0.0; 5]);
    /// let tensor = Tensor { w: &mut w, g: &g, state: [&mut m, &mut v] };
    /// let (a, b) = tensor.split_at(2);
    /// Adam::new(0.5)?.step_many(&mut [a, b], 1)?;
    /// assert_eq!(w, [0.5; 5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 2>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    /// Updates many tensors, with the state `[m, v, v_max]`, each as
    /// [`step_amsgrad`](Self::step_amsgrad) would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ,
    /// [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{Adam, Tensor};
    ///
    /// let (mut w, mut m, mut v, mut v_max) = ([1.0f32; 5], [0.0; 5], [0.0; 5], [0.0; 5]);
    /// let tensor = Tensor { w: &mut w, g: &[4.0; 5], state: [&mut m, &mut v, &mut v_max] };
    /// Adam::new(0.5)?.step_many_amsgrad(&mut [tensor], 1)?;
    /// assert_eq!(w, [0.5; 5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many_amsgrad<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 3>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    /// Updates some rows of a table, with the state `[m, v]`, each as [`step`](Self::step) would,
    /// bit for bit. Averages of the other rows do not move: "lazy" or "sparse" Adam.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole rows, [`Error::Element`] for an
    /// index that is no row or comes twice, [`Error::Parameter`] if `columns` or `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{Adam, Rows};
    ///
    /// let (mut w, mut m, mut v) = ([1.0f32; 4], [0.0; 4], [0.0; 4]);
    /// let (state, g) = ([&mut m[..], &mut v], &[4.0, 4.0]);
    /// let rows = Rows { w: &mut w, state, columns: 2, rows: &[1i64], g };
    /// Adam::new(0.5)?.step_rows(rows, 1)?;
    /// assert_eq!(w, [1.0, 1.0, 0.5, 0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_rows<E: Element, R: Target + Sync>(
        &self,
        table: Rows<'_, E, R, 2>,
        t: u64,
    ) -> Result<(), Error> {
        rows::step(self.options.execution, self.formula(t)?, table)
    }

    /// With the decay that is usual.
    pub(super) fn usual(learning_rate: f64) -> Result<Self, Error> {
        let weight_decay = if DECOUPLED { 0.01 } else { 0.0 };
        let options = Options { weight_decay, ..Options::new(learning_rate)? };
        Ok(Self { options, betas: ops::Betas::new(0.9, 0.999) })
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::Adam<E>, Error> {
        let Self { options, betas } = *self;
        let (first, second) = betas.corrections(check::at_least_one("t", t)?);
        let step = options.learning_rate * second / first;
        options.fit(|options| {
            check::finite_in::<E>("learning_rate sqrt(1 - beta2^t) / (1 - beta1^t)", step)?;
            options.eps_fits::<E>(second, None)?;
            options.scale_fits::<E>()?;
            if DECOUPLED { options.keep_fits::<E>() } else { options.coupled_fits::<E>() }
        })?;
        let coupled_decay = if DECOUPLED { None } else { options.coupled() };
        Ok(ops::Adam {
            moments: options.moments(betas, coupled_decay),
            keep: if DECOUPLED { options.keep() } else { E::ONE },
            step: E::from_f64(step),
            eps: E::from_f64(options.eps * second),
        })
    }
}
