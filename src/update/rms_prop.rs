//! RMSprop.

use super::options::{Options, PLAIN, options};
use super::{Tensor, Update, lists};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// RMSprop: steps over the root of an average of squares, plain, centred and with momentum, in
/// one pass.
///
/// With `h = grad_scale g` (negated to maximise) plus `weight_decay w`:
///
/// ```text
/// v := alpha v + (1 - alpha) h^2
/// d := h / (sqrt(v) + eps)
/// w := w - learning_rate d
/// ```
///
/// [`centered`](Self::centered) takes the average itself off the squares, which leaves their
/// variance, and [`momentum`](Self::momentum) sums steps up:
///
/// ```text
/// mean := mean + (1 - alpha) (h - mean)       d := h / (sqrt(v - mean^2) + eps)
/// buffer := momentum buffer + d               w := w - learning_rate buffer
/// ```
///
/// # Shapes
///
/// `w`, `g` and each slice of state: `[n]`. The state is `[v]`, then `mean` if the update is
/// centred, then `buffer` if it has momentum. All but `g` are overwritten; state starts as zeros.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range; [`Error::Conflict`] for another number
/// of slices of state than the options ask for; [`Error::Length`] if lengths differ. A refused
/// call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]` or the state at `i` makes `w[i]` NaN, and no other; in `g[i]`, or with
/// decay in `w[i]`, it makes the state at `i` NaN, too. A gradient whose square overflows makes
/// `v[i]` infinite, and a plain step moves `w[i]` no more; an infinite one makes `w[i]` NaN.
/// A variance that rounding has left below 0 counts as 0. `eps = 0` gives 0 / 0, which is NaN,
/// where every gradient so far was 0, or with a variance of 0 infinity.
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`; then each operation of the equations is rounded
/// once. By counting these, and of the sum of the terms' magnitudes, `v` is within 10 ULP, `mean`
/// within 7, `w` and `buffer` within 31; of a centred update times how much `v + mean^2` is larger
/// than `v - mean^2`: where these cancel, the root has as many digits less. The same bits on every
/// level.
///
/// # Source
///
/// Tieleman and Hinton, "Lecture 6.5, RMSprop" (2012); centred by Graves, "Generating sequences
/// with recurrent neural networks" (2013), equation 38; `eps` outside the root as in torch.
///
/// # Examples
///
/// ```
/// use gradstep::update::RmsProp;
///
/// let update = RmsProp::new(0.5)?.alpha(0.75)?.eps(0.0)?;
/// let (mut w, mut v) = ([1.0f32], [0.0]);
/// update.step(&mut w, &[4.0], [&mut v])?;
/// assert_eq!((w, v), ([0.0], [4.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    options: Options,
    alpha: f64,
    momentum: f64,
    centered: bool,
}

options!(
    [] RmsProp, new[],
    "RmsProp::new(0.5)?":
    alpha own, momentum own, centered own, eps, weight_decay, grad_scale, maximize
);

impl RmsProp {
    /// Steps of about `learning_rate`, with `alpha(0.99)`, `eps(1e-8)`, no momentum and no
    /// decay, as in torch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::RmsProp;
    ///
    /// let default = RmsProp::new(0.01)?.alpha(0.99)?.eps(1e-8)?.momentum(0.0)?.weight_decay(0.0)?;
    /// assert_eq!(RmsProp::new(0.01)?, default);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        let options = Options::new(learning_rate)?;
        Ok(Self { options, alpha: 0.99, momentum: 0.0, centered: false })
    }

    /// The share of their past that the averages keep.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `alpha` is negative, 1 or more, or NaN.
    ///
    /// ```
    /// let update = gradstep::update::RmsProp::new(0.01)?;
    /// assert!(update.alpha(0.9).is_ok() && update.alpha(1.0).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn alpha(self, alpha: f64) -> Result<Self, Error> {
        Ok(Self { alpha: check::decay_rate("alpha", alpha)?, ..self })
    }

    /// The share of the steps so far that a step repeats; 0 has no buffer.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `momentum` is negative or not finite.
    ///
    /// ```
    /// let update = gradstep::update::RmsProp::new(0.5)?.alpha(0.75)?.eps(0.0)?.momentum(0.5)?;
    /// let (mut w, mut v, mut buffer) = ([1.0f32], [0.0], [1.0]);
    /// update.step(&mut w, &[4.0], [&mut v, &mut buffer])?;
    /// assert_eq!((w, buffer), ([-0.25], [2.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn momentum(self, momentum: f64) -> Result<Self, Error> {
        Ok(Self { momentum: check::finite_not_negative("momentum", momentum)?, ..self })
    }

    /// Divides by the root of the variance, not of the average of squares.
    ///
    /// ```
    /// let update = gradstep::update::RmsProp::new(0.5)?.alpha(0.5)?.eps(0.0)?.centered();
    /// let (mut w, mut v, mut mean) = ([1.0f32], [0.0], [0.0]);
    /// update.step(&mut w, &[4.0], [&mut v, &mut mean])?;
    /// assert_eq!((w, v, mean), ([0.0], [8.0], [2.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn centered(self) -> Self {
        Self { centered: true, ..self }
    }

    /// Updates `w` and the slices of state: `[v]`, `[v, mean]`, `[v, buffer]` or
    /// `[v, mean, buffer]`, as the options ask for.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Conflict`] for another number of slices.
    ///
    /// ```
    /// let update = gradstep::update::RmsProp::new(0.5)?.alpha(0.5)?.eps(2.0)?;
    /// let (mut w, mut v) = ([1.0f64], [14.0]);
    /// update.step(&mut w, &[6.0], [&mut v])?;
    /// assert_eq!((w, v), ([1.0 - 0.5 * 6.0 / 7.0], [25.0]));
    /// assert!(update.centered().step(&mut w, &[6.0], [&mut v]).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element, const N: usize>(
        &self,
        w: &mut [E],
        g: &[E],
        state: [&mut [E]; N],
    ) -> Result<(), Error>
    where
        ops::RmsProp<E>: Update<E, N>,
    {
        let tensor = Tensor { w, g, state };
        lists::step(self.options.execution, self.formula(N)?, tensor)
    }

    /// Updates many tensors, each as [`step`](Self::step) would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ, [`Error::Conflict`] for another
    /// number of slices of state than the options ask for.
    ///
    /// ```
    /// use gradstep::update::{RmsProp, Tensor};
    ///
    /// let (mut w, mut v) = ([1.0f32; 2], [0.0; 2]);
    /// let tensor = Tensor { w: &mut w, g: &[8.0, -8.0], state: [&mut v] };
    /// RmsProp::new(0.5)?.alpha(0.75)?.step_many(&mut [tensor])?;
    /// assert_eq!(w, [0.0, 2.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element, const N: usize>(
        &self,
        tensors: &mut [Tensor<'_, E, N>],
    ) -> Result<(), Error>
    where
        ops::RmsProp<E>: Update<E, N>,
    {
        lists::step_many(self.options.execution, self.formula(N)?, tensors)
    }

    /// The formula for that many slices of state.
    fn formula<E: Element>(&self, slices: usize) -> Result<ops::RmsProp<E>, Error> {
        let Self { options, alpha, momentum, centered } = *self;
        if slices != 1 + usize::from(centered) + usize::from(momentum != 0.0) {
            let reason = "it is `v`, then `mean` if centred, then `buffer` if there is momentum";
            return Err(Error::Conflict { option: "state", reason });
        }
        if momentum > PLAIN {
            check::finite_in::<E>("momentum", momentum)?;
        }
        options.fit(|options| {
            options.rate_fits::<E>()?;
            options.eps_fits::<E>(1.0, None)?;
            options.scale_fits::<E>()?;
            options.coupled_fits::<E>()
        })?;
        Ok(ops::RmsProp {
            coupled: options.gradient(),
            alpha: E::from_f64(alpha),
            one_minus_alpha: E::from_f64(1.0 - alpha),
            eps: E::from_f64(options.eps),
            learning_rate: E::from_f64(options.learning_rate),
            momentum: E::from_f64(momentum),
            centered,
        })
    }
}
