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
    /// Whether something is divided by the learning rate.
    pub(super) divides: bool,
    /// Whether each of these is near enough to 1 that no constant that follows from them leaves
    /// an element type: then there is nothing to check at a step.
    pub(super) is_plain: bool,
}

/// Whether a parameter is 0, or so near to 1 that neither a product nor a quotient of two such
/// leaves an element type, nor a learning rate over the least `1 - beta1`.
fn is_plain(x: f64) -> bool {
    x == 0.0 || (PLAIN.recip()..=PLAIN).contains(&x.abs())
}

/// The largest of such parameters.
pub(super) const PLAIN: f64 = 1e18;

impl Options {
    pub(super) fn new(learning_rate: f64) -> Result<Self, Error> {
        let options = Self {
            learning_rate: check::finite_not_negative("learning_rate", learning_rate)?,
            eps: 1e-8,
            l1: 0.0,
            l2: 0.0,
            weight_decay: 0.0,
            maximize: false,
            grad_scale: 1.0,
            execution: Execution::new(),
            divides: false,
            is_plain: true,
        };
        Ok(options.settled())
    }

    /// The same with a learning rate that divides, and so is not 0.
    pub(super) fn of_divisor(learning_rate: f64) -> Result<Self, Error> {
        check::finite_positive("learning_rate", learning_rate)?;
        Ok(Self { divides: true, ..Self::new(learning_rate)? })
    }

    /// The same with another learning rate.
    pub(super) fn with_rate(self, learning_rate: f64) -> Result<Self, Error> {
        let check = if self.divides { check::finite_positive } else { check::finite_not_negative };
        let learning_rate = check("learning_rate", learning_rate)?;
        Ok(Self { learning_rate, ..self }.settled())
    }

    /// The same after a parameter has changed.
    pub(super) fn settled(self) -> Self {
        let Self { learning_rate, eps, l1, l2, weight_decay, grad_scale, .. } = self;
        let all = [learning_rate, eps, l1, l2, weight_decay, grad_scale];
        Self { is_plain: all.into_iter().all(is_plain), ..self }
    }

    /// Refuses what an element type can't hold, by `check`, unless it can hold all.
    #[inline(always)]
    pub(super) fn fit(&self, check: impl FnOnce(&Self) -> Result<(), Error>) -> Result<(), Error> {
        if self.is_plain { Ok(()) } else { self.ask(check) }
    }

    #[cold]
    #[inline(never)]
    fn ask(&self, check: impl FnOnce(&Self) -> Result<(), Error>) -> Result<(), Error> {
        check(self)
    }

    /// The factor of the gradient, negative to maximise.
    pub(super) fn factor(self) -> f64 {
        if self.maximize { -self.grad_scale } else { self.grad_scale }
    }

    /// What decoupled decay leaves of a weight.
    pub(super) fn keep<E: Element>(self) -> E {
        E::from_f64(1.0 - self.learning_rate * self.weight_decay)
    }

    /// Decay that joins the gradient, if there is any.
    pub(super) fn coupled<E: Element>(self) -> Option<E> {
        (self.weight_decay != 0.0).then(|| E::from_f64(self.weight_decay))
    }

    /// The gradient with its factor and its decay, if there is any.
    pub(super) fn gradient<E: Element>(self) -> ops::Coupled<E> {
        ops::Coupled {
            grad_scale: E::from_f64(self.factor()),
            coupled_decay: E::from_f64(self.weight_decay),
        }
    }

    /// A proximal gradient step.
    pub(super) fn prox<E: Element>(self) -> ops::ProxSgd<E> {
        let step = E::from_f64(self.learning_rate);
        ops::ProxSgd {
            grad_scale: E::from_f64(self.factor()),
            step,
            threshold: finite(step * E::from_f64(self.l1)),
            shrink: Inverse::of(1.0 + self.learning_rate * self.l2),
        }
    }

    /// The averages of an Adam step.
    pub(super) fn moments<E: Element>(
        self,
        betas: ops::Betas,
        coupled_decay: Option<E>,
    ) -> ops::Moments<E> {
        let [beta1, beta2] = betas.get();
        ops::Moments {
            grad_scale: E::from_f64(self.factor()),
            coupled_decay,
            one_minus_beta1: E::from_f64(1.0 - beta1),
            beta2: E::from_f64(beta2),
            one_minus_beta2: E::from_f64(1.0 - beta2),
        }
    }
}

/// Refusals, in the order of the constants.
impl Options {
    pub(super) fn rate_fits<E: Element>(&self) -> Result<(), Error> {
        check::finite_in::<E>("learning_rate", self.learning_rate)
    }

    pub(super) fn scale_fits<E: Element>(&self) -> Result<(), Error> {
        check::finite_in::<E>("grad_scale", self.factor())
    }

    pub(super) fn keep_fits<E: Element>(&self) -> Result<(), Error> {
        let keep = 1.0 - self.learning_rate * self.weight_decay;
        check::finite_in::<E>("1 - learning_rate weight_decay", keep)
    }

    pub(super) fn coupled_fits<E: Element>(&self) -> Result<(), Error> {
        check::finite_in::<E>("weight_decay", self.weight_decay)
    }

    pub(super) fn prox_fits<E: Element>(&self) -> Result<(), Error> {
        self.rate_fits::<E>()?;
        check::finite_in::<E>("1 + learning_rate l2", 1.0 + self.learning_rate * self.l2)?;
        self.scale_fits::<E>()?;
        check::finite_in::<E>("l1", self.l1)
    }

    /// What is added to a denominator, times the `correction` of that, is 0 only where `eps` is,
    /// and the quotient of `step` by it, if that is taken, is finite.
    pub(super) fn eps_fits<E: Element>(
        &self,
        correction: f64,
        step: Option<f64>,
    ) -> Result<(), Error> {
        check::finite_in::<E>("eps", self.eps * correction)?;
        let eps = E::from_f64(self.eps * correction);
        let is_lost =
            eps == E::ZERO || step.is_some_and(|step| E::from_f64(step) / eps == E::INFINITY);
        if self.eps > 0.0 && is_lost {
            let expected = "0, or large enough for the element type";
            return Err(Error::Parameter { parameter: "eps", expected, found: self.eps });
        }
        Ok(())
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

/// What all updates with a field `options` have, then the methods of the options that are named,
/// in the order of the hyper-parameters. `own` marks an option with a field and a method of the
/// update itself, `new` one with a field that its constructor sets; `beta1` and `beta2` are in
/// its field `betas`. `$make` is the constructor, of a learning rate and these arguments, and
/// `$new` an example of it.
macro_rules! options {
    (
        [$($generics:tt)*] $update:ty, $make:ident[$($argument:ident),*],
        $new:literal: $($option:ident $($own:ident)?),*
    ) => {
        impl<$($generics)*> $update {
            options!(@methods $new: $($option $($own)?),*);
        }

        $crate::settings::stored!([$($generics)*] $update, |this| {
            learning_rate: f64 = this.options.learning_rate,
            $($option: options!(@type $option $($own)?) =
                options!(@value this $option $($own)?).into(),)*
            #[serde(default)]
            execution: $crate::Execution = this.options.execution,
        } => {
            #[allow(unused_mut)]
            let mut value = Self::$make(learning_rate, $($argument),*)?;
            $(options!(@set value, $option: $option $($own)?);)*
            Ok(value.execution(execution))
        });
    };

    (@type $option:ident new) => { f64 };
    (@type maximize) => { Option<bool> };
    (@type nesterov own) => { Option<bool> };
    (@type decoupled own) => { Option<bool> };
    (@type centered own) => { Option<bool> };
    (@type isotropic own) => { Option<bool> };
    (@type $option:ident $($own:ident)?) => { Option<f64> };

    (@set $value:ident, $x:ident: $option:ident new) => {};
    (@set $value:ident, $x:ident: beta1) => {
        if let Some(beta1) = $x {
            $value = $value.betas(beta1, $value.betas.get()[1])?;
        }
    };
    (@set $value:ident, $x:ident: beta2) => {
        if let Some(beta2) = $x {
            $value = $value.betas($value.betas.get()[0], beta2)?;
        }
    };
    (@set $value:ident, $x:ident: nesterov own) => {
        if $x == Some(true) {
            $value = $value.nesterov()?;
        }
    };
    (@set $value:ident, $x:ident: maximize) => { options!(@switch $value, $x maximize) };
    (@set $value:ident, $x:ident: decoupled own) => { options!(@switch $value, $x decoupled) };
    (@set $value:ident, $x:ident: centered own) => { options!(@switch $value, $x centered) };
    (@set $value:ident, $x:ident: isotropic own) => { options!(@switch $value, $x isotropic) };
    (@set $value:ident, $x:ident: $option:ident $($own:ident)?) => {
        if let Some(x) = $x {
            $value = $value.$option(x)?;
        }
    };
    (@switch $value:ident, $x:ident $option:ident) => {
        if $x == Some(true) {
            $value = $value.$option();
        }
    };

    (@methods $new:literal: $($option:ident $($own:ident)?),*) => {
        /// The same update with another learning rate, as for a schedule.
        ///
        /// # Errors
        ///
        /// [`Error::Parameter`] where `new` would refuse `learning_rate`.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        /// let halved = update.learning_rate(0.25)?;
        /// assert_eq!(halved.get_learning_rate(), 0.25);
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn learning_rate(mut self, learning_rate: f64) -> Result<Self, Error> {
            self.options = self.options.with_rate(learning_rate)?;
            Ok(self)
        }

        /// The learning rate, as a schedule multiplies it.
        ///
        /// ```
        #[doc = concat!("assert_eq!(gradstep::update::", $new, ".get_learning_rate(), 0.5);")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        #[must_use]
        pub fn get_learning_rate(&self) -> f64 {
            self.options.learning_rate
        }

        /// All hyper-parameters with their names, the learning rate first; a switch is 1 or 0. More
        /// may be added.
        ///
        /// ```
        #[doc = concat!("let update = gradstep::update::", $new, ";")]
        /// assert_eq!(update.hyper_parameters().next(), Some(("learning_rate", 0.5)));
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        pub fn hyper_parameters(&self) -> impl Iterator<Item = (&'static str, f64)> {
            [
                ("learning_rate", self.options.learning_rate),
                $((stringify!($option), options!(@value self $option $($own)?).into())),*
            ]
            .into_iter()
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
    (@value $update:ident $option:ident new) => { $update.$option };
    (@value $update:ident $option:ident own) => { $update.$option };
    (@value $update:ident $option:ident) => { $update.options.$option };

    (@method $new:literal, $option:ident new) => {};
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
            self.options = self.options.settled();
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
            self.options = self.options.settled();
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
