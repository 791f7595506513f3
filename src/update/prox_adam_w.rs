//! AdamW with an L1 penalty.

use super::options::{Options, finite, options};
use super::{Tensor, lists};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// AdamW with a soft-threshold for an L1 penalty, in one pass: weights that are
/// exactly 0.
///
/// With `h = grad_scale g` (negated to maximise) and the step number `t = 1, 2, ..`:
///
/// ```text
/// m := m + (1 - beta1) (h - m)
/// v := beta2 v + (1 - beta2) h^2
/// s := learning_rate / (sqrt(v) / sqrt(1 - beta2^t) + eps)
/// w := w (1 - learning_rate weight_decay) - s m / (1 - beta1^t)
/// w := soft(w, s l1)                 or, in the isotropic form,
/// w := soft(w, learning_rate l1)
/// ```
///
/// where `soft` is [`SoftThreshold`](crate::prox::SoftThreshold). The metric form, the
/// default, scales the penalty like the gradient: it is the proximal step in the
/// metric of Adam, and rests where loss `+ l1 |w|` has its minimum. The
/// [`isotropic`](Self::isotropic) form shrinks all weights by the same.
///
/// # Shapes
///
/// `w`, `g`, `m`, `v`: `[n]`. All but `g` are overwritten. `m` and `v` start as zeros.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range and for `t = 0`;
/// [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// A weight of 0 stays exactly +0: in the metric form wherever
/// `|m| / (1 - beta1^t) <= l1`, in the isotropic form wherever its step is at most
/// `learning_rate l1` long; each as computed in the element type. NaN in `w[i]`, `g[i]`,
/// `m[i]` or `v[i]` makes `w[i]` NaN, and no other; in `g[i]` it makes `m[i]` and `v[i]`
/// NaN, too. An infinite gradient makes `m[i]` and `v[i]` infinite and `w[i]` NaN.
/// `eps = 0` gives NaN where every gradient so far was 0, or so small that its square vanishes
/// (below 1e-22 in `f32`).
///
/// # Accuracy
///
/// Constants are computed in `f64` and rounded once; then each operation of the
/// equations is rounded once: `m` and `v` as [`AdamW`](super::AdamW), `w` within 21 ULP
/// (`f64`: 25) of the sum of its terms' magnitudes, by counting. The same bits on every
/// level.
///
/// # Source
///
/// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
/// stochastic optimization" (2011), for the metric form; Yun, Lozano and Yang,
/// "Adaptive proximal gradient methods for structured neural networks" (2021).
///
/// # Examples
///
/// ```
/// use gradstep::update::ProxAdamW;
///
/// let adam = ProxAdamW::new(0.5)?.l1(0.25)?;
/// let (mut w, mut m, mut v) = ([1.0f32, 0.0], [0.0; 2], [0.0; 2]);
/// adam.step(&mut w, &[1.0, 0.2], &mut m, &mut v, 1)?;
/// // 0.995 less a step of 0.5 less a threshold of 0.5 / 4.
/// assert!((w[0] - 0.37).abs() < 1e-6 && w[1] == 0.0);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxAdamW {
    options: Options,
    betas: ops::Betas,
    isotropic: bool,
}

options!(
    [] ProxAdamW, new[],
    "ProxAdamW::new(0.5)?":
    l1, isotropic own, eps, beta1, beta2, weight_decay, grad_scale, maximize
);

impl ProxAdamW {
    /// Steps of about `learning_rate`, with `betas(0.9, 0.999)`, `eps(1e-8)` and
    /// `weight_decay(0.01)` as in [`AdamW`](super::AdamW), and no penalty yet.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::ProxAdamW;
    ///
    /// let default = ProxAdamW::new(1e-3)?.betas(0.9, 0.999)?.eps(1e-8)?.weight_decay(0.01)?;
    /// assert_eq!(ProxAdamW::new(1e-3)?, default.l1(0.0)?);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        let options = Options { weight_decay: 0.01, ..Options::new(learning_rate)? };
        Ok(Self { options, betas: ops::Betas::new(0.9, 0.999), isotropic: false })
    }

    /// Takes `learning_rate l1` off every weight, however long its step is.
    ///
    /// ```
    /// use gradstep::update::ProxAdamW;
    ///
    /// let adam = ProxAdamW::new(0.5)?.weight_decay(0.0)?.l1(0.25)?.isotropic();
    /// let (mut w, mut m, mut v) = ([1.0f64], [0.0], [7.0]);
    /// adam.step(&mut w, &[0.0], &mut m, &mut v, 1)?;
    /// assert_eq!(w, [0.875]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn isotropic(self) -> Self {
        Self { isotropic: true, ..self }
    }

    /// Updates `w`, `m` and `v` by step `t`, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// use gradstep::update::ProxAdamW;
    ///
    /// let adam = ProxAdamW::new(0.5)?.betas(0.5, 0.0)?.eps(0.0)?.weight_decay(0.0)?.l1(1.0)?;
    /// let (mut w, mut m, mut v) = ([1.0f64], [0.0], [0.0]);
    /// adam.step(&mut w, &[4.0], &mut m, &mut v, 1)?;
    /// assert_eq!((w, m, v), ([1.0 - 0.5 - 0.125], [2.0], [16.0]));
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

    /// Updates many tensors, with the state `[m, v]`, each as [`step`](Self::step)
    /// would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ,
    /// [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{ProxAdamW, Tensor};
    ///
    /// let (mut w, mut m, mut v) = ([0.0f32; 3], [0.0; 3], [0.0; 3]);
    /// let tensor = Tensor { w: &mut w, g: &[0.1, 0.2, 0.3], state: [&mut m, &mut v] };
    /// ProxAdamW::new(0.5)?.l1(0.25)?.step_many(&mut [tensor], 1)?;
    /// assert!(w[..2] == [0.0, 0.0] && w[2] < 0.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 2>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::ProxAdamW<E>, Error> {
        let (first, second) = self.betas.corrections(check::at_least_one("t", t)?);
        let Options { learning_rate, l1, eps, .. } = self.options;
        let step = learning_rate * second;
        let isotropic = self.isotropic;
        self.options.fit(|options| {
            check::finite_in::<E>("learning_rate sqrt(1 - beta2^t)", step)?;
            // Where every gradient so far was 0 their quotient meets an average of 0.
            options.eps_fits::<E>(second, Some(step))?;
            options.scale_fits::<E>()?;
            options.keep_fits::<E>()?;
            if isotropic { Ok(()) } else { check::finite_in::<E>("l1", l1) }
        })?;
        let threshold = if self.isotropic {
            ops::Threshold::Isotropic { threshold: finite(E::from_f64(learning_rate * l1)) }
        } else {
            ops::Threshold::Metric { l1: E::from_f64(l1) }
        };
        Ok(ops::ProxAdamW {
            moments: self.options.moments(self.betas, None),
            keep: self.options.keep(),
            correction: E::from_f64(1.0 / first),
            step: E::from_f64(step),
            eps: E::from_f64(eps * second),
            threshold,
        })
    }
}
