//! What a framework asks of an update: its hyper-parameters, and a schedule's rate.

/// The methods of an update that name its fields, the learning rate first.
macro_rules! hyper_parameters {
    ($update:ident($($start:literal),+), $count:literal: $rate:ident$(.$rest:ident)?; $($name:ident = $field:ident$(.$inner:ident$(.$get:ident()[$i:literal])?)?),*) => {
        impl $update {
            /// The same update with another learning rate, as for a schedule.
            ///
            /// # Errors
            ///
            /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("let update = ", stringify!($update), "::new(", stringify!($($start),+), ")?;")]
            /// let halved = update.learning_rate(0.25)?;
            /// assert_eq!(halved.hyper_parameters()[0], ("learning_rate", 0.25));
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            pub fn learning_rate(mut self, learning_rate: f64) -> Result<Self, Error> {
                let rate = $crate::check::finite_not_negative("learning_rate", learning_rate)?;
                self.$rate$(.$rest)? = rate;
                Ok(self)
            }

            /// The hyper-parameters by name; a switch is 1 or 0.
            ///
            /// ```
            #[doc = concat!("use gradstep::update::", stringify!($update), ";")]
            ///
            #[doc = concat!("let update = ", stringify!($update), "::new(", stringify!($($start),+), ")?;")]
            #[doc = concat!("assert_eq!(update.hyper_parameters().len(), ", stringify!($count), ");")]
            /// assert_eq!(update.hyper_parameters()[0], ("learning_rate", 0.5));
            /// # Ok::<(), gradstep::Error>(())
            /// ```
            #[must_use]
            pub fn hyper_parameters(&self) -> [(&'static str, f64); $count] {
                [
                    ("learning_rate", self.$rate$(.$rest)?),
                    $((stringify!($name), f64::from(self.$field$(.$inner$(.$get()[$i])?)?))),*
                ]
            }
        }
    };
}
pub(super) use hyper_parameters;
