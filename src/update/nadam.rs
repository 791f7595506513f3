//! NAdam.

use super::options::{Options, options};
use super::{Tensor, lists};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// NAdam: Adam that looks ahead as Nesterov's momentum does, in one pass.
///
/// With `h = grad_scale g` (negated to maximise) plus `weight_decay w`, the step number
/// `t = 1, 2, ..` and `mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)`:
///
/// ```text
/// m := m + (1 - beta1) (h - m)
/// v := beta2 v + (1 - beta2) h^2
/// d := (1 - mu_t) / (1 - mu_1 .. mu_t) h + mu_(t+1) / (1 - mu_1 .. mu_(t+1)) m
/// w := w - learning_rate d / (sqrt(v) / sqrt(1 - beta2^t) + eps)
/// ```
///
/// The products of the `mu` follow from `t` by a series; nothing is kept between calls. Decay is
/// coupled (an L2 term in the gradient) unless [`decoupled`](Self::decoupled) is chosen, which
/// multiplies `w` by `1 - learning_rate weight_decay` instead.
///
/// # Shapes
///
/// `w`, `g`, `m`, `v`: `[n]`. All but `g` are overwritten. `m` and `v` start as zeros.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range and for `t = 0`; [`Error::Length`] if
/// lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]`, `m[i]` or `v[i]` makes `w[i]` NaN, and no other; in `g[i]`, or with
/// coupled decay in `w[i]`, it makes `m[i]` and `v[i]` NaN, too. An infinite gradient makes
/// `m[i]` and `v[i]` infinite and `w[i]` NaN; one whose square overflows makes `v[i]` infinite,
/// and `w[i]` moves no more. `eps = 0` gives NaN where every gradient so far was 0, and infinity
/// where they were so small that their squares vanish (below 1e-22 in `f32`).
///
/// # Accuracy
///
/// Constants are computed in `f64` and rounded once; then each operation of the equations is
/// rounded once. By counting these, and of the sum of the terms' magnitudes, `m` is within 7 ULP,
/// `v` within 10 and `w` within 20 (`f64`: 40). The same bits on every level.
///
/// # Source
///
/// Dozat, "Incorporating Nesterov momentum into Adam" (2016); the schedule of the momentum as in
/// torch.
///
/// # Examples
///
/// ```
/// use gradstep::update::Nadam;
///
/// let (mut w, mut m, mut v) = ([1.0f32, -2.0], [0.0; 2], [0.0; 2]);
/// Nadam::new(0.5)?.step(&mut w, &[1e-3, 0.0], &mut m, &mut v, 1)?;
/// // A little over the learning rate: some of the next step is taken already.
/// assert!((w[0] - 0.472).abs() < 1e-3 && w[1] == -2.0);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nadam {
    options: Options,
    betas: ops::Betas,
    momentum_decay: f64,
    decoupled: bool,
}

options!(
    [] Nadam, new[],
    "Nadam::new(0.5)?":
    momentum_decay own, eps, beta1, beta2, weight_decay, decoupled own, grad_scale, maximize
);

impl Nadam {
    /// Steps of about `learning_rate`, with `betas(0.9, 0.999)`, `momentum_decay(0.004)`,
    /// `eps(1e-8)` and no decay, as in torch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::Nadam;
    ///
    /// let default = Nadam::new(2e-3)?.betas(0.9, 0.999)?.momentum_decay(0.004)?.eps(1e-8)?;
    /// assert_eq!(Nadam::new(2e-3)?, default.weight_decay(0.0)?);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self {
            options: Options::new(learning_rate)?,
            betas: ops::Betas::new(0.9, 0.999),
            momentum_decay: 0.004,
            decoupled: false,
        })
    }

    /// How fast the momentum rises from half of `beta1` to `beta1`; 0 keeps it at the half.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `momentum_decay` is negative or not finite.
    ///
    /// ```
    /// let nadam = gradstep::update::Nadam::new(2e-3)?;
    /// assert!(nadam.momentum_decay(0.1).is_ok() && nadam.momentum_decay(-0.1).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn momentum_decay(self, momentum_decay: f64) -> Result<Self, Error> {
        let momentum_decay = check::finite_not_negative("momentum_decay", momentum_decay)?;
        Ok(Self { momentum_decay, ..self })
    }

    /// Decays the weight itself and keeps the decay out of the averages.
    ///
    /// ```
    /// use gradstep::update::Nadam;
    ///
    /// let nadam = Nadam::new(0.5)?.weight_decay(1.0)?.decoupled();
    /// let (mut w, mut m, mut v) = ([1.0f32], [0.0], [0.0]);
    /// nadam.step(&mut w, &[0.0], &mut m, &mut v, 1)?;
    /// assert_eq!((w, m, v), ([0.5], [0.0], [0.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn decoupled(self) -> Self {
        Self { decoupled: true, ..self }
    }

    /// Updates `w`, `m` and `v` by step `t`, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// let nadam = gradstep::update::Nadam::new(0.5)?.betas(0.0, 0.0)?.eps(0.0)?;
    /// let (mut w, mut m, mut v) = ([1.0f64], [0.0], [0.0]);
    /// nadam.step(&mut w, &[4.0], &mut m, &mut v, 1)?;
    /// assert_eq!((w, m, v), ([0.5], [4.0], [16.0]));
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

    /// Updates many tensors, with the state `[m, v]`, each as [`step`](Self::step) would, bit for
    /// bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ, [`Error::Parameter`] if `t` is
    /// 0.
    ///
    /// ```
    /// use gradstep::update::{Nadam, Tensor};
    ///
    /// let (mut w, mut m, mut v) = ([1.0f32; 2], [0.0; 2], [0.0; 2]);
    /// let tensor = Tensor { w: &mut w, g: &[8.0, -8.0], state: [&mut m, &mut v] };
    /// Nadam::new(0.5)?.step_many(&mut [tensor], 1)?;
    /// assert!(w[0] < 0.5 && w[1] > 1.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 2>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::Nadam<E>, Error> {
        let Self { options, betas, momentum_decay, decoupled } = *self;
        let (_, second) = betas.corrections(check::at_least_one("t", t)?);
        let momentum = ops::RisingMomentum::new(betas.get()[0], momentum_decay);
        let step = options.learning_rate * second;
        let (ahead, behind) = momentum.factors(t);
        options.fit(|options| {
            check::finite_in::<E>("learning_rate sqrt(1 - beta2^t)", step)?;
            options.eps_fits::<E>(second, None)?;
            options.scale_fits::<E>()?;
            if decoupled { options.keep_fits::<E>() } else { options.coupled_fits::<E>() }
        })?;
        let coupled_decay = if decoupled { None } else { options.coupled() };
        Ok(ops::Nadam {
            moments: options.moments(betas, coupled_decay),
            keep: if decoupled { options.keep() } else { E::ONE },
            ahead: E::from_f64(ahead),
            behind: E::from_f64(behind),
            step: E::from_f64(step),
            eps: E::from_f64(options.eps * second),
        })
    }
}
