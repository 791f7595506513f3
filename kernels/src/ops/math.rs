//! The functions of [`math`] over slices.

use crate::math::{self, Math};
use crate::{Isa, Kernel, sweep};

macro_rules! maps {
    ($($(#[$doc:meta])* $op:ident = $function:ident, $x:literal => $y:literal;)*) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("See [`math::", stringify!($function), "`].")]
        ///
        /// ```
        #[doc = concat!("use gradstep_kernels::{Level, ops::", stringify!($op), "};")]
        ///
        /// let mut out = [0.0f64; 3];
        #[doc = concat!("Level::best().dispatch(", stringify!($op), " { x: &[", $x, "; 3], out: &mut out });")]
        #[doc = concat!("assert!(out.iter().all(|y| (y / ", $y, " - 1.0).abs() < 1e-15));")]
        /// ```
        pub struct $op<'a, E> {
            /// `[n]`
            pub x: &'a [E],
            /// `[n]`, overwritten.
            pub out: &'a mut [E],
        }

        impl<E: Math> Kernel for $op<'_, E> {
            type Out = ();
            const LONG: bool = true;

            #[inline(always)]
            fn run<I: Isa>(self, isa: I) {
                sweep::map(
                    isa,
                    self.x,
                    self.out,
                    inline!(|x| math::$function(x)),
                );
            }
        }
    )*};
}

maps! {
    /// Writes `e^x`.
    Exp = exp, "1.0" => "2.718281828459045";
    /// Writes `e^x - 1`.
    ExpM1 = exp_m1, "1e-9" => "1.0000000005000001e-9";
    /// Writes `e^x` for `x <= 0`.
    ExpNonpositive = exp_nonpositive, "-1.0" => "0.36787944117144233";
    /// Writes the natural logarithm of `x`.
    Ln = ln, "10.0" => "2.302585092994046";
    /// Writes `ln(1 + x)`.
    Ln1p = ln_1p, "1e-9" => "9.999999995e-10";
    /// Writes `ln(1 + x)` for `0 <= x <= 1`.
    Ln1pUnit = ln_1p_unit, "1.0" => "0.6931471805599453";
    /// Writes `1 / (1 + e^-x)`.
    Sigmoid = sigmoid, "1.0" => "0.7310585786300049";
    /// Writes `ln(1 + e^x)`.
    Softplus = softplus, "1.0" => "1.3132616875182228";
    /// Writes the hyperbolic tangent of `x`.
    Tanh = tanh, "1.0" => "0.7615941559557649";
}
