//! Options that updates share: every method and its documentation stand here once.

use crate::{Element, Error, Execution, check};
use gradstep_kernels::{Inverse, ops};

/// Checked hyper-parameters. Those that an update does not offer stay as
/// [`new`](Self::new) sets them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Options {
    pub(super) learning_rate: f64,
    pub(super) eps: f64,
    pub(super) l1: f64,
    pub(super) l2: f64,
    pub(super) weight_decay: f64,
    pub(super) maximize: bool,
    pub(super) grad_scale: f64,
    pub(super) execution: Execution,
}

impl Options {
    pub(super) fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self {
            learning_rate: check::finite_not_negative("learning_rate", learning_rate)?,
            eps: 1e-8,
            l1: 0.0,
            l2: 0.0,
            weight_decay: 0.0,
            maximize: false,
            grad_scale: 1.0,
            execution: Execution::new(),
        })
    }

    /// The factor of the gradient, negative to maximise.
    pub(super) fn factor(self) -> f64 {
        if self.maximize { -self.grad_scale } else { self.grad_scale }
    }

    /// The learning rate, in the element type.
    pub(super) fn rate<E: Element>(self) -> Result<E, Error> {
        check::rounded("learning_rate", self.learning_rate)
    }

    /// The factor of the gradient, in the element type.
    pub(super) fn grad_scale<E: Element>(self) -> Result<E, Error> {
        check::rounded("grad_scale", self.factor())
    }

    /// What decoupled decay leaves of a weight.
    pub(super) fn keep<E: Element>(self) -> Result<E, Error> {
        let keep = 1.0 - self.learning_rate * self.weight_decay;
        check::rounded("1 - learning_rate weight_decay", keep)
    }

    /// Decay that joins the gradient, if there is any.
    pub(super) fn coupled<E: Element>(self) -> Result<Option<E>, Error> {
        let decay = check::rounded("weight_decay", self.weight_decay)?;
        Ok((self.weight_decay != 0.0).then_some(decay))
    }

    /// A proximal gradient step.
    pub(super) fn prox<E: Element>(self) -> Result<ops::ProxSgd<E>, Error> {
        let step: E = self.rate()?;
        let divisor = 1.0 + self.learning_rate * self.l2;
        check::rounded::<E>("1 + learning_rate l2", divisor)?;
        Ok(ops::ProxSgd {
            grad_scale: self.grad_scale()?,
            step,
            threshold: finite(step * check::rounded("l1", self.l1)?),
            shrink: Inverse::of(divisor),
        })
    }

    /// What is added to a denominator, times the `correction` of that: 0 only where `eps` is.
    pub(super) fn eps<E: Element>(self, correction: f64) -> Result<E, Error> {
        let eps = check::rounded("eps", self.eps * correction)?;
        if self.eps > 0.0 && eps == E::ZERO {
            return Err(self.eps_too_small());
        }
        Ok(eps)
    }

    /// The refusal of an `eps` that is above 0 and that the element type can't tell from 0.
    pub(super) fn eps_too_small(self) -> Error {
        let expected = "0, or large enough for the element type";
        Error::Parameter { parameter: "eps", expected, found: self.eps }
    }

    /// The averages of an Adam step.
    pub(super) fn moments<E: Element>(
        self,
        betas: ops::Betas,
        coupled_decay: Option<E>,
    ) -> Result<ops::Moments<E>, Error> {
        let [beta1, beta2] = betas.get();
        Ok(ops::Moments {
            grad_scale: self.grad_scale()?,
            coupled_decay,
            one_minus_beta1: E::from_f64(1.0 - beta1),
            beta2: E::from_f64(beta2),
            one_minus_beta2: E::from_f64(1.0 - beta2),
        })
    }
}

/// A threshold that overflows is the largest number: it leaves nothing of any other.
pub(super) fn finite<E: Element>(threshold: E) -> E {
    let largest = E::from_bits(E::INFINITY.bits() - 1);
    if threshold > largest { largest } else { threshold }
}

/// The share of the past that two averages keep.
pub(super) fn betas(beta1: f64, beta2: f64) -> Result<ops::Betas, Error> {
    let beta1 = check::decay_rate("beta1", beta1)?;
    Ok(ops::Betas::new(beta1, check::decay_rate("beta2", beta2)?))
}

/// The methods of an update with a field `options`, for use in its `impl`: those of all
/// updates, then those of the options that are named, in the order of its hyper-parameters.
/// `own` marks an option with a field and a method of the update itself; `beta1` and
/// `beta2` are in its field `betas`. `$new` makes an update, `$count` is the number of
/// hyper-parameters with the learning rate.
macro_rules! options {
    ($new:literal, $count:literal: $($option:ident $($own:ident)?),*) => {
        /// The same update with another learning rate, as for a schedule.
        ///
        /// # Errors
        ///
        /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        /// let halved = update.learning_rate(0.25)?;
        /// assert_eq!(halved.hyper_parameters()[0], ("learning_rate", 0.25));
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn learning_rate(mut self, learning_rate: f64) -> Result<Self, Error> {
            let rate = $crate::check::finite_not_negative("learning_rate", learning_rate)?;
            self.options.learning_rate = rate;
            Ok(self)
        }

        /// The hyper-parameters by name; a switch is 1 or 0.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        #[doc = concat!("assert_eq!(update.hyper_parameters().len(), ", $count, ");")]
        /// assert_eq!(update.hyper_parameters()[0], ("learning_rate", 0.5));
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        #[must_use]
        pub fn hyper_parameters(&self) -> [(&'static str, f64); $count] {
            [
                ("learning_rate", self.options.learning_rate),
                $((stringify!($option), options!(@value self $option $($own)?).into())),*
            ]
        }

        $crate::execution::execution!(
            options.execution,
            concat!("update::", $new),
            "assert_ne!(alone, value);"
        );

        $(options!(@method $new, $option $($own)?);)*
    };

    (@value $update:ident beta1) => { $update.betas.get()[0] };
    (@value $update:ident beta2) => { $update.betas.get()[1] };
    (@value $update:ident $option:ident own) => { $update.$option };
    (@value $update:ident $option:ident) => { $update.options.$option };

    (@method $new:literal, $option:ident own) => {};
    (@method $new:literal, eps) => {
        options!(@not_negative $new, eps, "What is added to the root of the second moment.");
    };
    (@method $new:literal, l1) => {
        options!(@not_negative $new, l1, "The strength of the penalty `l1 |w|`.");
    };
    (@method $new:literal, l2) => {
        options!(@not_negative $new, l2, "The strength of the penalty `l2 w^2 / 2`.");
    };
    (@method $new:literal, weight_decay) => {
        options!(@not_negative $new, weight_decay, "The strength of the decay.");
    };
    (@not_negative $new:literal, $option:ident, $what:literal) => {
        #[doc = $what]
        ///
        /// # Errors
        ///
        #[doc = concat!("[`Error::Parameter`] if `", stringify!($option), "` is negative or not finite.")]
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        #[doc = concat!("assert!(update.", stringify!($option), "(1e-3).is_ok());")]
        #[doc = concat!("assert!(update.", stringify!($option), "(-1e-3).is_err());")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn $option(mut self, $option: f64) -> Result<Self, Error> {
            let name = stringify!($option);
            self.options.$option = $crate::check::finite_not_negative(name, $option)?;
            Ok(self)
        }
    };

    (@method $new:literal, beta1) => {
        /// What both averages keep of their past at each step.
        ///
        /// # Errors
        ///
        /// [`Error::Parameter`] if one is negative, 1 or more, or NaN.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        /// assert!(update.betas(0.95, 0.98).is_ok());
        /// assert!(update.betas(0.9, 1.0).is_err());
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn betas(self, beta1: f64, beta2: f64) -> Result<Self, Error> {
            Ok(Self { betas: $crate::update::options::betas(beta1, beta2)?, ..self })
        }
    };
    (@method $new:literal, beta2) => {}; // is set with `beta1`

    (@method $new:literal, grad_scale) => {
        /// Multiplies the gradient by `grad_scale`, as for loss scaling or clipping, in
        /// the same pass.
        ///
        /// # Errors
        ///
        /// [`Error::Parameter`] if `grad_scale` is not finite.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        /// assert!(update.grad_scale(1.0 / 1024.0).is_ok());
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn grad_scale(mut self, grad_scale: f64) -> Result<Self, Error> {
            self.options.grad_scale = $crate::check::finite("grad_scale", grad_scale)?;
            Ok(self)
        }
    };

    (@method $new:literal, maximize) => {
        /// Steps with the gradient instead of against it.
        ///
        /// ```
        #[doc = concat!("let down = gradstep::update::", $new, ";")]
        /// assert_ne!(down.maximize(), down);
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        #[must_use]
        pub fn maximize(mut self) -> Self {
            self.options.maximize = true;
            self
        }
    };
}
pub(super) use options;
