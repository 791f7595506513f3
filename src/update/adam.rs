//! Adam, and AMSGrad.

use super::hyper_parameters::hyper_parameters;
use super::options::{Options, options};
use super::{Tensor, tensors};
use crate::{Element, Error, Execution, check};
use gradstep_kernels::ops;

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
/// AMSGrad ([`step_amsgrad`](Self::step_amsgrad)) keeps the largest `v` so far,
/// `v_max := max(v_max, v)`, and takes its root instead. Decay that stays out of
/// the averages is [`AdamW`](super::AdamW).
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
/// other; in `g[i]`, or with decay in `w[i]`, it makes `m[i]` and `v[i]` NaN, too. An
/// infinite gradient makes `m[i]` and `v[i]` infinite and `w[i]` NaN. One whose square
/// overflows makes `v[i]` infinite, and `w[i]` moves no more. `eps = 0` gives 0 / 0,
/// which is NaN, where every gradient so far was 0. Every `t` up to the largest
/// works: the corrections come to be 1.
///
/// # Accuracy
///
/// Constants are computed in `f64` and rounded once; `eps` and the learning rate
/// take up `sqrt(1 - beta2^t)`, so that an element costs one product less. Then each
/// operation of the equations is rounded once. By counting these, and of the sum of the
/// terms' magnitudes, `m` is within 7 ULP, `v` within 10 and `w` within 18 (`f64`: 23).
/// The same bits on every level.
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    options: Options,
    eps: f64,
}

hyper_parameters! {
    Adam(0.5), 7: options.learning_rate;
    eps = eps, beta1 = options.betas.get()[0], beta2 = options.betas.get()[1],
    weight_decay = options.weight_decay,
    grad_scale = options.grad_scale, maximize = options.maximize
}

options!(Adam, eps);

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
        Ok(Self { options: Options::new(learning_rate)?, eps: 1e-8 })
    }

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
        tensors::step(self.options.execution, self.formula(t)?, tensor, ["m", "v"])
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
        tensors::step(self.options.execution, self.formula(t)?, tensor, ["m", "v", "v_max"])
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
        tensors::step_many(self.options.execution, self.formula(t)?, tensors, ["m", "v"])
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
        let names = ["m", "v", "v_max"];
        tensors::step_many(self.options.execution, self.formula(t)?, tensors, names)
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::Adam<E>, Error> {
        let weight_decay = self.options.weight_decay;
        let coupled = (weight_decay != 0.0).then_some(weight_decay);
        let (first, second) = self.options.corrections(t)?;
        Ok(ops::Adam {
            moments: self.options.moments(coupled),
            keep: E::ONE,
            step: E::from_f64(self.options.learning_rate * second / first),
            eps: E::from_f64(self.eps * second),
        })
    }
}
