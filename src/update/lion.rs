//! Lion.

use super::options::{Options, options};
use super::{Tensor, lists};
use crate::{Element, Error};
use gradstep_kernels::ops;

/// Lion: steps of one length along the sign of an average, in one pass.
///
/// With `h = grad_scale g`, negated to maximise:
///
/// ```text
/// w := w (1 - learning_rate weight_decay) - learning_rate sign(beta1 m + (1 - beta1) h)
/// m := beta2 m + (1 - beta2) h
/// ```
///
/// where `sign(0) = 0`, so a weight without gradient stays where it is.
///
/// # Shapes
///
/// `w`, `g`, `m`: `[n]`. `w` and `m` are overwritten. `m` starts as zeros.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range; [`Error::Length`] if lengths
/// differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]` or `m[i]` makes `w[i]` NaN, and no other. An infinite average
/// has a sign like any other.
///
/// # Accuracy
///
/// Constants are computed in `f64` and rounded once. The sign is that of the average
/// in exact arithmetic unless this is within 5 ULP of 0, ULPs of its larger term; then
/// `w` is within 3 ULP (`f64`: 4) of the sum of its terms' magnitudes, `m` within 5. The
/// same bits on every level.
///
/// # Source
///
/// Chen et al., "Symbolic discovery of optimization algorithms" (2023).
///
/// # Examples
///
/// ```
/// use gradstep::update::Lion;
///
/// let lion = Lion::new(0.25)?;
/// let (mut w, mut m) = ([1.0f32, 1.0, 1.0], [0.0; 3]);
/// lion.step(&mut w, &[1e-3, -70.0, 0.0], &mut m)?;
/// assert_eq!(w, [0.75, 1.25, 1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion {
    options: Options,
    betas: ops::Betas,
}

options!(
    [] Lion, new[],
    "Lion::new(0.5)?": beta1, beta2, weight_decay, grad_scale, maximize
);

impl Lion {
    /// Steps of `learning_rate`, with `betas(0.9, 0.99)` and no decay.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::Lion;
    ///
    /// let default = Lion::new(1e-4)?.betas(0.9, 0.99)?.weight_decay(0.0)?;
    /// assert_eq!(Lion::new(1e-4)?, default);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self { options: Options::new(learning_rate)?, betas: ops::Betas::new(0.9, 0.99) })
    }

    /// Updates `w` and `m`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let lion = gradstep::update::Lion::new(0.5)?.betas(0.5, 0.75)?.weight_decay(0.25)?;
    /// let (mut w, mut m) = ([4.0f64], [-2.0]);
    /// lion.step(&mut w, &[1.0], &mut m)?;
    /// assert_eq!((w, m), ([4.0], [-1.25]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(&self, w: &mut [E], g: &[E], m: &mut [E]) -> Result<(), Error> {
        self.fit::<E>()?;
        let tensor = Tensor { w, g, state: [m] };
        lists::step(self.options.execution, self.formula(), tensor)
    }

    /// Updates many tensors, with the state `[m]`, each as [`step`](Self::step) would,
    /// bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// use gradstep::update::{Lion, Tensor};
    ///
    /// let (mut w, mut m) = ([1.0f32; 3], [0.0; 3]);
    /// let tensor = Tensor { w: &mut w, g: &[2.0, 0.0, -2.0], state: [&mut m] };
    /// Lion::new(0.5)?.step_many(&mut [tensor])?;
    /// assert_eq!(w, [0.5, 1.0, 1.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(&self, tensors: &mut [Tensor<'_, E, 1>]) -> Result<(), Error> {
        self.fit::<E>()?;
        lists::step_many(self.options.execution, self.formula(), tensors)
    }

    #[inline(always)]
    fn fit<E: Element>(&self) -> Result<(), Error> {
        self.options.fit(|options| {
            options.rate_fits::<E>()?;
            options.scale_fits::<E>()?;
            options.keep_fits::<E>()
        })
    }

    fn formula<E: Element>(&self) -> ops::Lion<E> {
        let [beta1, beta2] = self.betas.get();
        ops::Lion {
            grad_scale: E::from_f64(self.options.factor()),
            keep: self.options.keep(),
            learning_rate: E::from_f64(self.options.learning_rate),
            beta1: E::from_f64(beta1),
            one_minus_beta1: E::from_f64(1.0 - beta1),
            beta2: E::from_f64(beta2),
            one_minus_beta2: E::from_f64(1.0 - beta2),
        }
    }
}
