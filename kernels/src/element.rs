//! Where built-in kernels are compiled.
//!
//! [`Compiled::dispatch`] is a plain function for each kernel and type of THE list;
//! generic code reaches it through the bound [`Element`]. In a release build it is compiled
//! where it is called, so that a crate pays for the operations that it uses and for no
//! others. A debug build of a dependent crate would not optimise it there: it is compiled
//! once, in this crate, with the optimisation that the profile gives to this crate. The
//! feature `compiled-once` asks for that in release as well, for those who build the same
//! application again and again. The list has a part for each family of operations, which a
//! feature turns on and which stands where the family does, in `ops`: a new kernel is a new
//! line there.

#[cfg(feature = "activations")]
use crate::ops::activation::{self, Activate};
use crate::{AnyTarget, Kernel, Level, math::Math, ops::*};

/// This element type has the kernel `K`.
pub trait Compiled<K: Kernel> {
    /// Runs `kernel` on `level`.
    fn dispatch(level: Level, kernel: K) -> K::Out;
}

/// A part of THE list: the bound of a family, which both element types meet with the kernels
/// of the family compiled; where its feature is off, any type meets it.
macro_rules! family {
    ($feature:literal $family:ident $kernels:ident) => {
        #[cfg(feature = $feature)]
        $kernels!(Self, define $family);
        #[cfg(feature = $feature)]
        $kernels!(f32, implement $family f32);
        #[cfg(feature = $feature)]
        $kernels!(f64, implement $family f64);

        /// Nothing: the family is off.
        #[cfg(not(feature = $feature))]
        pub trait $family {}
        #[cfg(not(feature = $feature))]
        impl<E> $family for E {}
    };
}

macro_rules! define {
    ($family:ident $($kernel:ty,)*) => {
        /// A family of built-in kernels.
        pub trait $family: Sized $(+ for<'a, 'b> Compiled<$kernel>)* {}
    };
}

macro_rules! implement {
    ($family:ident $E:ident $($kernel:ty,)*) => {
        $(
            impl<'a, 'b> Compiled<$kernel> for $E {
                #[cfg_attr(compiled_once, inline(never))]
                #[cfg_attr(not(compiled_once), inline)]
                fn dispatch(level: Level, kernel: $kernel) -> <$kernel as Kernel>::Out {
                    level.dispatch(kernel)
                }
            }
        )*
        impl $family for $E {}
    };
}

reductions!(Self, define Reductions);
reductions!(f32, implement Reductions f32);
reductions!(f64, implement Reductions f64);
family!("losses" Losses losses);
family!("rows" Rows rows);
family!("prox" ProximalOperators prox);
family!("updates" Updates updates);
family!("penalties" Penalties penalties);
family!("activations" Activations activations);

/// `f32` or `f64`: an element type with the built-in kernels of every family that is on.
pub trait Element:
    Math
    + AnyTarget<Self>
    + Reductions
    + Losses
    + Rows
    + ProximalOperators
    + Updates
    + Penalties
    + Activations
{
}

impl Element for f32 {}
impl Element for f64 {}
