//! The options that Adam, AdamW, Lion and ProxAdamW share.

use crate::{Element, Error, Execution, check};
use gradstep_kernels::ops;

/// Checked hyper-parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Options {
    pub(super) learning_rate: f64,
    pub(super) betas: ops::Betas,
    pub(super) weight_decay: f64,
    pub(super) maximize: bool,
    pub(super) grad_scale: f64,
    pub(super) execution: Execution,
}

impl Options {
    pub(super) fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self {
            learning_rate: check::finite_not_negative("learning_rate", learning_rate)?,
            betas: ops::Betas::new(0.9, 0.999),
            weight_decay: 0.0,
            maximize: false,
            grad_scale: 1.0,
            execution: Execution::new(),
        })
    }

    pub(super) fn betas(self, beta1: f64, beta2: f64) -> Result<Self, Error> {
        let beta1 = check::decay_rate("beta1", beta1)?;
        let beta2 = check::decay_rate("beta2", beta2)?;
        Ok(Self { betas: ops::Betas::new(beta1, beta2), ..self })
    }

    pub(super) fn weight_decay(self, weight_decay: f64) -> Result<Self, Error> {
        let weight_decay = check::finite_not_negative("weight_decay", weight_decay)?;
        Ok(Self { weight_decay, ..self })
    }

    pub(super) fn grad_scale(self, grad_scale: f64) -> Result<Self, Error> {
        Ok(Self { grad_scale: check::finite("grad_scale", grad_scale)?, ..self })
    }

    /// The factor of the gradient, negative to maximise.
    pub(super) fn factor<E: Element>(self) -> E {
        E::from_f64(if self.maximize { -self.grad_scale } else { self.grad_scale })
    }

    /// What decoupled decay leaves of a weight.
    pub(super) fn keep<E: Element>(self) -> E {
        E::from_f64(1.0 - self.learning_rate * self.weight_decay)
    }

    /// The averages of an Adam step.
    pub(super) fn moments<E: Element>(self, coupled_decay: Option<f64>) -> ops::Moments<E> {
        let [beta1, beta2] = self.betas.get();
        ops::Moments {
            grad_scale: self.factor(),
            coupled_decay: coupled_decay.map(E::from_f64),
            one_minus_beta1: E::from_f64(1.0 - beta1),
            beta2: E::from_f64(beta2),
            one_minus_beta2: E::from_f64(1.0 - beta2),
        }
    }

    /// `1 - beta1^t` and `sqrt(1 - beta2^t)`
    pub(super) fn corrections(self, t: u64) -> Result<(f64, f64), Error> {
        let t = check::at_least_one("t", t)?;
        Ok(self.betas.corrections(t))
    }
}

/// The methods of an update with a field `options`.
macro_rules! options {
    ($update:ident) => {
        #[allow(clippy::needless_update)] // some updates have nothing but options
        impl $update {
            /// What both averages keep of their past at each step.
            ///
            /// # Errors
            ///
            /// [`Error::Parameter`] if one is negative, 1 or more, or NaN.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.betas(0.95, 0.98).is_ok());")]
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.betas(0.9, 1.0).is_err());")]
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            pub fn betas(self, beta1: f64, beta2: f64) -> Result<Self, Error> {
                Ok(Self { options: self.options.betas(beta1, beta2)?, ..self })
            }

            /// The strength of the decay.
            ///
            /// # Errors
            ///
            /// [`Error::Parameter`] if `weight_decay` is negative or not finite.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.weight_decay(-0.1).is_err());")]
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            pub fn weight_decay(self, weight_decay: f64) -> Result<Self, Error> {
                Ok(Self { options: self.options.weight_decay(weight_decay)?, ..self })
            }

            /// Multiplies the gradient by `grad_scale`, as for loss scaling or
            /// clipping, in the same pass.
            ///
            /// # Errors
            ///
            /// [`Error::Parameter`] if `grad_scale` is not finite.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.grad_scale(1.0 / 1024.0).is_ok());")]
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            pub fn grad_scale(self, grad_scale: f64) -> Result<Self, Error> {
                Ok(Self { options: self.options.grad_scale(grad_scale)?, ..self })
            }

            /// Steps with the gradient instead of against it.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("let up = ", stringify!($update), "::new(1e-3)?.maximize();")]
            #[doc = concat!("assert_ne!(up, ", stringify!($update), "::new(1e-3)?);")]
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            #[must_use]
            pub fn maximize(self) -> Self {
                Self { options: Options { maximize: true, ..self.options }, ..self }
            }

            /// How to run.
            ///
            /// ```
            #[doc = concat!("use gradstep::{Execution, update::", stringify!($update), "};")]
            ///
            #[doc = concat!("let update = ", stringify!($update), "::new(1e-3)?;")]
            /// let alone = update.execution(Execution::new().sequential());
            /// assert_ne!(alone, update);
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            #[must_use]
            pub fn execution(self, execution: Execution) -> Self {
                Self { options: Options { execution, ..self.options }, ..self }
            }
        }
    };
    ($update:ident, eps) => {
        options!($update);

        impl $update {
            /// What is added to the root of the second moment.
            ///
            /// # Errors
            ///
            /// [`Error::Parameter`] if `eps` is negative or not finite.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.eps(1e-6).is_ok());")]
            #[doc = concat!("assert!(", stringify!($update), "::new(1e-3)?.eps(-1e-8).is_err());")]
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            pub fn eps(self, eps: f64) -> Result<Self, Error> {
                Ok(Self { eps: check::finite_not_negative("eps", eps)?, ..self })
            }
        }
    };
}
pub(super) use options;
