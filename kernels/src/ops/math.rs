//! The functions of [`math`] over slices.

use crate::math::{self, Math};
use crate::{Isa, Kernel, sweep};

macro_rules! maps {
    ($($(#[$doc:meta])* $op:ident = $function:ident;)*) => {$(
        $(#[$doc])*
        pub struct $op<'a, E> {
            /// `[n]`
            pub x: &'a [E],
            /// `[n]`, overwritten.
            pub out: &'a mut [E],
        }

        impl<E: Math> Kernel for $op<'_, E> {
            type Out = ();

            #[inline(always)]
            fn run<I: Isa>(self, isa: I) {
                sweep::update::<E::Lanes<I>, _, _>(
                    isa,
                    self.out,
                    self.x,
                    #[inline(always)]
                    |_, x| math::$function(x),
                );
            }
        }
    )*};
}

maps! {
    /// Writes `e^x`.
    Exp = exp;
    /// Writes `e^x - 1`.
    ExpM1 = exp_m1;
    /// Writes `e^x` for `x <= 0`; 0 where that is subnormal.
    ExpNonpositive = exp_nonpositive;
    /// Writes the natural logarithm of `x`.
    Ln = ln;
    /// Writes `ln(1 + x)`.
    Ln1p = ln_1p;
    /// Writes `ln(1 + x)` for `0 <= x <= 1`.
    Ln1pUnit = ln_1p_unit;
    /// Writes `1 / (1 + e^-x)`.
    Sigmoid = sigmoid;
    /// Writes `ln(1 + e^x)`.
    Softplus = softplus;
    /// Writes the hyperbolic tangent of `x`.
    Tanh = tanh;
}
