//! How options are read back, by getters and by serde. Knows no operation.

/// Getters, for use in an `impl`. Setters have the options' names, so these begin with `get_`,
/// as those of `std::process::Command` do. In its example `$new` makes a value that has `$told`.
macro_rules! getters {
    ($new:literal: $($name:ident -> $type:ty = |$this:ident| $get:expr, $told:literal;)*) => {$(
        /// What was set, or is the rule; a parameter as the element type holds it.
        ///
        /// ```
        #[doc = concat!("assert_eq!(gradstep::", $new, ".", stringify!($name), "(), ", $told, ");")]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        #[must_use]
        pub fn $name(&self) -> $type {
            let $this = self;
            $get
        }
    )*};
}
pub(crate) use getters;

/// Writes a value as its options, and reads it by `$make`, a `Result` that has what the
/// constructor and the setters refuse. What can't be written is an error by `?` in `$get`.
#[cfg(feature = "serde")]
macro_rules! stored {
    (
        [$($generics:tt)*] $value:ty, |$this:ident| {
            $($(#[$meta:meta])* $option:ident: $type:ty = $get:expr),* $(,)?
        } => $make:expr
    ) => {
        const _: () = {
            #[derive(serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Options {
                $($(#[$meta])* $option: $type,)*
            }

            impl<$($generics)*> serde::Serialize for $value {
                fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    let $this = self;
                    let options = || -> Result<Options, $crate::Error> {
                        Ok(Options { $($option: $get),* })
                    };
                    options().map_err(serde::ser::Error::custom)?.serialize(to)
                }
            }

            impl<'de, $($generics)*> serde::Deserialize<'de> for $value {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    let Options { $($option),* } = Options::deserialize(from)?;
                    let made = || -> Result<Self, $crate::Error> { $make };
                    made().map_err(serde::de::Error::custom)
                }
            }
        };
    };
}
#[cfg(not(feature = "serde"))]
macro_rules! stored {
    ($($nothing:tt)*) => {};
}
pub(crate) use stored;
