//! Gradient descent with momentum.

use super::hyper_parameters::hyper_parameters;
use super::{Tensor, tensors};
use crate::{Element, Error, Execution, check};
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
/// NaN in `w[i]`, `g[i]` or `buffer[i]` makes `w[i]` NaN, and no other.
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
    learning_rate: f64,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    decoupled: bool,
    maximize: bool,
    grad_scale: f64,
    execution: Execution,
}

hyper_parameters! {
    SgdMomentum(0.5, 0.9), 8: learning_rate;
    momentum = momentum, dampening = dampening, nesterov = nesterov, weight_decay = weight_decay,
    decoupled = decoupled, grad_scale = grad_scale, maximize = maximize
}

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
            learning_rate: check::finite_not_negative("learning_rate", learning_rate)?,
            momentum: check::finite_not_negative("momentum", momentum)?,
            dampening: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            decoupled: false,
            maximize: false,
            grad_scale: 1.0,
            execution: Execution::new(),
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

    /// The strength of the decay.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `weight_decay` is negative or not finite.
    ///
    /// ```
    /// assert!(gradstep::update::SgdMomentum::new(0.1, 0.9)?.weight_decay(-1.0).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn weight_decay(self, weight_decay: f64) -> Result<Self, Error> {
        let weight_decay = check::finite_not_negative("weight_decay", weight_decay)?;
        Ok(Self { weight_decay, ..self })
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

    /// Steps with the gradient instead of against it.
    ///
    /// ```
    /// let (mut w, mut buffer) = ([1.0f64], [0.0]);
    /// gradstep::update::SgdMomentum::new(1.0, 0.9)?.maximize().step(&mut w, &[2.0], &mut buffer, 1)?;
    /// assert_eq!(w, [3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn maximize(self) -> Self {
        Self { maximize: true, ..self }
    }

    /// Multiplies the gradient by `grad_scale` in the same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `grad_scale` is not finite.
    ///
    /// ```
    /// assert!(gradstep::update::SgdMomentum::new(0.1, 0.9)?.grad_scale(0.5).is_ok());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_scale(self, grad_scale: f64) -> Result<Self, Error> {
        Ok(Self { grad_scale: check::finite("grad_scale", grad_scale)?, ..self })
    }

    /// How to run.
    ///
    /// ```
    /// use gradstep::{Execution, update::SgdMomentum};
    ///
    /// let sgd = SgdMomentum::new(0.1, 0.9)?.execution(Execution::new().sequential());
    /// sgd.step(&mut [1.0f32], &[0.0], &mut [0.0], 1)?;
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn execution(self, execution: Execution) -> Self {
        Self { execution, ..self }
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
        tensors::step(self.execution, self.formula(t)?, tensor, ["buffer"])
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
        tensors::step_many(self.execution, self.formula(t)?, tensors, ["buffer"])
    }

    fn formula<E: Element>(&self, t: u64) -> Result<ops::SgdMomentum<E>, Error> {
        let first = check::at_least_one("t", t)? == 1;
        let coupled = !self.decoupled && self.weight_decay != 0.0;
        let decoupled = if self.decoupled { self.weight_decay } else { 0.0 };
        let grad_scale = if self.maximize { -self.grad_scale } else { self.grad_scale };
        Ok(ops::SgdMomentum {
            first,
            nesterov: self.nesterov,
            grad_scale: E::from_f64(grad_scale),
            coupled_decay: coupled.then(|| E::from_f64(self.weight_decay)),
            keep: E::from_f64(1.0 - self.learning_rate * decoupled),
            momentum: E::from_f64(self.momentum),
            one_minus_dampening: E::from_f64(1.0 - self.dampening),
            learning_rate: E::from_f64(self.learning_rate),
        })
    }
}
