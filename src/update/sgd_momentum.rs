//! Gradient descent with momentum.

use super::options::{Options, PLAIN, options};
use super::{Tensor, lists};
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Stochastic gradient descent with momentum, in one pass.
///
/// With `h = grad_scale g` (negated to maximise), plus `weight_decay w` for coupled
/// decay, and the step number `t = 1, 2, ..`:
///
/// ```text
/// b := h                                      at t = 1
/// b := momentum b + (1 - dampening) h         after
/// w := w - learning_rate b                    or, in Nesterov's form,
/// w := w - learning_rate (h + momentum b)
/// ```
///
/// Decay is coupled (an L2 term in the gradient) unless [`decoupled`](Self::decoupled)
/// is chosen, which multiplies `w` by `1 - learning_rate weight_decay` instead
/// and leaves `b` free of it.
///
/// # Shapes
///
/// `w`, `g`, `buffer`: `[n]`. `w` and `buffer` are overwritten; at `t = 1` what
/// `buffer` holds is ignored.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range and for `t = 0`;
/// [`Error::Conflict`] for Nesterov's form with dampening or without momentum;
/// [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, in `g[i]` or, after the first step, which does not read it, in `buffer[i]`
/// makes `w[i]` NaN, and no other; in `g[i]`, or with coupled decay in `w[i]`, it makes
/// `buffer[i]` NaN, too.
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`; then each operation of the
/// equations is rounded once. The same bits on every level.
///
/// # Source
///
/// Polyak, "Some methods of speeding up the convergence of iteration methods"
/// (1964); Sutskever et al., "On the importance of initialization and momentum in
/// deep learning" (2013); Loshchilov and Hutter, "Decoupled weight decay
/// regularization" (2019).
///
/// # Examples
///
/// ```
/// use gradstep::update::SgdMomentum;
///
/// let sgd = SgdMomentum::new(0.5, 0.5)?.nesterov()?;
/// let (mut w, mut buffer) = ([1.0f32], [0.0f32]);
/// sgd.step(&mut w, &[1.0], &mut buffer, 1)?;
/// assert_eq!((w, buffer), ([0.25], [1.0]));
/// sgd.step(&mut w, &[1.0], &mut buffer, 2)?;
/// assert_eq!((w, buffer), ([-0.625], [1.5]));
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdMomentum {
    options: Options,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    decoupled: bool,
}

options!(
    [] SgdMomentum, new[momentum],
    "SgdMomentum::new(0.5, 0.9)?":
    momentum new, dampening own, nesterov own, weight_decay, decoupled own, grad_scale, maximize
);

impl SgdMomentum {
    /// A step of `learning_rate` along a running sum that keeps the share
    /// `momentum` of its past.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if either is negative or not finite.
    ///
    /// ```
    /// assert!(gradstep::update::SgdMomentum::new(0.1, -0.9).is_err());
    /// ```
    pub fn new(learning_rate: f64, momentum: f64) -> Result<Self, Error> {
        Ok(Self {
            options: Options::new(learning_rate)?,
            momentum: check::finite_not_negative("momentum", momentum)?,
            dampening: 0.0,
            nesterov: false,
            decoupled: false,
        })
    }

    /// Takes the share `1 - dampening` of each gradient after the first.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `dampening` is not finite; [`Error::Conflict`] with
    /// Nesterov's form.
    ///
    /// ```
    /// assert!(gradstep::update::SgdMomentum::new(0.1, 0.9)?.dampening(0.5).is_ok());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn dampening(self, dampening: f64) -> Result<Self, Error> {
        let dampening = check::finite("dampening", dampening)?;
        Self { dampening, ..self }.check_nesterov("dampening")
    }

    /// Looks one step ahead.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] without momentum or with dampening.
    ///
    /// ```
    /// assert!(gradstep::update::SgdMomentum::new(0.1, 0.0)?.nesterov().is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn nesterov(self) -> Result<Self, Error> {
        Self { nesterov: true, ..self }.check_nesterov("nesterov")
    }

    fn check_nesterov(self, option: &'static str) -> Result<Self, Error> {
        if self.nesterov && !(self.momentum > 0.0 && self.dampening == 0.0) {
            let reason = "Nesterov's form needs momentum and no dampening";
            return Err(Error::Conflict { option, reason });
        }
        Ok(self)
    }

    /// Decays the weight itself and keeps the decay out of the buffer.
    ///
    /// ```
    /// use gradstep::update::SgdMomentum;
    ///
    /// let sgd = SgdMomentum::new(0.5, 0.5)?.weight_decay(1.0)?.decoupled();
    /// let (mut w, mut buffer) = ([1.0f32], [0.0]);
    /// sgd.step(&mut w, &[0.0], &mut buffer, 1)?;
    /// assert_eq!((w, buffer), ([0.5], [0.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn decoupled(self) -> Self {
        Self { decoupled: true, ..self }
    }

    /// Updates `w` and `buffer` by step `t`, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if `t` is 0.
    ///
    /// ```
    /// let sgd = gradstep::update::SgdMomentum::new(0.5, 0.9)?;
    /// let (mut w, mut buffer) = ([1.0f32], [f32::NAN]);
    /// assert!(sgd.step(&mut w, &[1.0], &mut buffer, 0).is_err());
    /// sgd.step(&mut w, &[1.0], &mut buffer, 1)?;
    /// assert_eq!((w, buffer), ([0.5], [1.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(
        &self,
        w: &mut [E],
        g: &[E],
        buffer: &mut [E],
        t: u64,
    ) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [buffer] };
        lists::step(self.options.execution, self.formula(t)?, tensor)
    }

    /// Updates many tensors, with the state `[buffer]`, each as [`step`](Self::step)
    /// would, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ, [`Error::Parameter`]
    /// if `t` is 0.
    ///
    /// ```
    /// use gradstep::update::{SgdMomentum, Tensor};
    ///
    /// let (mut w, mut buffer) = ([1.0f32], [0.0]);
    /// let tensor = Tensor { w: &mut w, g: &[1.0], state: [&mut buffer] };
    /// SgdMomentum::new(0.5, 0.9)?.step_many(&mut [tensor], 1)?;
    /// assert_eq!((w, buffer), ([0.5], [1.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(
        &self,
        tensors: &mut [Tensor<'_, E, 1>],
        t: u64,
    ) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula(t)?, tensors)
    }

    #[inline(always)]
    fn fit<E: Element>(&self) -> Result<(), Error> {
        let decoupled = self.decoupled;
        if !(self.momentum <= PLAIN && self.dampening.abs() <= PLAIN) {
            check::finite_in::<E>("momentum", self.momentum)?;
            check::finite_in::<E>("1 - dampening", 1.0 - self.dampening)?;
        }
        self.options.fit(|options| {
            options.rate_fits::<E>()?;
            options.scale_fits::<E>()?;
            if decoupled { options.keep_fits::<E>() } else { options.coupled_fits::<E>() }
        })
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::SgdMomentum<E>, Error> {
        let Self { options, decoupled, .. } = *self;
        let first = check::at_least_one("t", t)? == 1;
        self.fit::<E>()?;
        Ok(ops::SgdMomentum {
            first,
            nesterov: self.nesterov,
            grad_scale: E::from_f64(options.factor()),
            coupled_decay: if decoupled { None } else { options.coupled() },
            keep: if decoupled { options.keep() } else { E::ONE },
            momentum: E::from_f64(self.momentum),
            one_minus_dampening: E::from_f64(1.0 - self.dampening),
            learning_rate: E::from_f64(options.learning_rate),
        })
    }
}
