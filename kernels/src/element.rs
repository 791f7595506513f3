//! Where built-in kernels are compiled.
//!
//! [`Compiled::dispatch`] is a plain function for each kernel and type of the list below;
//! generic code reaches it through the bound [`Element`]. In a release build it is compiled
//! where it is called, so that a crate pays for the operations that it uses and for no
//! others. A debug build of a dependent crate would not optimise it there: it is compiled
//! once, in this crate, with the optimisation that the profile gives to this crate. The
//! feature `compiled-once` asks for that in release as well, for those who build the same
//! application again and again. The list has a part for each family of operations, which a
//! feature turns on.

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

// THE list of built-in kernels: a new one is a new line.

/// Sums and counts that all families need.
macro_rules! reductions {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            CountOutside<'a, $E>,
            Dot<'a, $E>,
            AbsSum<'a, $E>,
            MaxAbs<'a, $E>,
            Sum<'a, $E>,
            Scale<'a, $E>,
        }
    };
}

#[cfg(feature = "losses")]
macro_rules! losses {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Evaluate<'a, $E, Mse>,
            Evaluate<'a, $E, L1>,
            Evaluate<'a, $E, LogCosh>,
            Evaluate<'a, $E, SmoothL1<$E>>,
            Evaluate<'a, $E, Huber<$E>>,
            Evaluate<'a, $E, Quantile<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropy<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropyWithLogits<$E>>,
            Evaluate<'a, $E, Focal<$E>>,
            Evaluate<'a, $E, SquaredHinge>,
            Evaluate<'a, $E, ModifiedHuber>,
            Evaluate<'a, $E, Poisson>,
            Evaluate<'a, $E, Gamma>,
            Evaluate<'a, $E, Tweedie<$E>>,
            Evaluate<'a, $E, KlDivergence>,
            GradHess<'a, $E, Mse>,
            GradHess<'a, $E, LogCosh>,
            GradHess<'a, $E, SmoothL1<$E>>,
            GradHess<'a, $E, Huber<$E>>,
            GradHess<'a, $E, BinaryCrossEntropyWithLogits<$E>>,
            GradHess<'a, $E, SquaredHinge>,
            GradHess<'a, $E, ModifiedHuber>,
            GradHess<'a, $E, Poisson>,
            GradHess<'a, $E, Gamma>,
            GradHess<'a, $E, Tweedie<$E>>,
        }
    };
}

#[cfg(feature = "rows")]
macro_rules! rows {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            CrossEntropy<'a, $E>,
            Softmax<'a, $E>,
            LogSoftmax<'a, $E>,
            LogSumExp<'a, $E>,
            SoftmaxBackward<'a, $E>,
            SoftmaxGradHess<'a, $E>,
        }
    };
}

#[cfg(feature = "prox")]
macro_rules! prox {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            ApplyProx<'a, $E, SoftThreshold<$E>>,
            ApplyProx<'a, $E, NonnegativeSoftThreshold<$E>>,
            ApplyProx<'a, $E, ElasticNet<$E>>,
            ApplyProx<'a, $E, BoxConstraint<$E>>,
            ApplyProx<'a, $E, HardThreshold<$E>>,
            WeightedSoftThreshold<'a, $E>,
            GroupSoftThreshold<'a, $E>,
        }
    };
}

#[cfg(feature = "updates")]
macro_rules! updates {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Step<'a, 'b, $E, Sgd<$E>, 0>,
            Step<'a, 'b, $E, SgdMomentum<$E>, 1>,
            Step<'a, 'b, $E, ProxSgd<$E>, 0>,
            Step<'a, 'b, $E, ProxMomentum<$E>, 1>,
            Step<'a, 'b, $E, Adam<$E>, 2>,
            Step<'a, 'b, $E, Adam<$E>, 3>,
            Step<'a, 'b, $E, ProxAdamW<$E>, 2>,
            Step<'a, 'b, $E, Lion<$E>, 1>,
            Step<'a, 'b, $E, Adagrad<$E>, 1>,
            Step<'a, 'b, $E, RmsProp<$E>, 1>,
            Step<'a, 'b, $E, RmsProp<$E>, 2>,
            Step<'a, 'b, $E, RmsProp<$E>, 3>,
            Step<'a, 'b, $E, Nadam<$E>, 2>,
            Step<'a, 'b, $E, Ftrl<$E>, 2>,
        }
    };
}

#[cfg(feature = "penalties")]
macro_rules! penalties {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Penalty<'a, $E>,
            GroupPenalty<'a, $E>,
            KktViolation<'a, $E>,
            CoordinateDescent<'a, $E>,
        }
    };
}

#[cfg(feature = "activations")]
macro_rules! activations {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Activate<'a, $E, activation::Relu>,
            Activate<'a, $E, activation::Sigmoid>,
            Activate<'a, $E, activation::Softplus>,
            Activate<'a, $E, activation::Tanh>,
            Dropout<'a, $E>,
        }
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
