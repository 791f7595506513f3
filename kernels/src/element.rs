//! Built-in kernels compiled once, in this crate.
//!
//! A generic function is compiled where its types become known, which would be
//! the user's crate: every level and type of every operation, again in each
//! dependent. [`Compiled::dispatch`] is a plain function of this crate instead, one for
//! each kernel and type of the list below; generic code reaches it through the
//! bound [`Element`].

use crate::ops::activation::{self, Activate};
use crate::{AnyTarget, Kernel, Level, math::Math, ops::*};

/// This element type has the kernel `K` compiled.
pub trait Compiled<K: Kernel> {
    /// Runs `kernel` on `level`.
    fn dispatch(level: Level, kernel: K) -> K::Out;
}

/// THE list of built-in kernels: a new one is a new line.
macro_rules! list {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Prox<'a, $E, SoftThreshold<$E>>,
            Prox<'a, $E, NonnegativeSoftThreshold<$E>>,
            Prox<'a, $E, ElasticNet<$E>>,
            Prox<'a, $E, BoxConstraint<$E>>,
            Prox<'a, $E, HardThreshold<$E>>,
            WeightedSoftThreshold<'a, $E>,
            Step<'a, 'b, $E, Sgd<$E>, 0>,
            Step<'a, 'b, $E, SgdMomentum<$E>, 1>,
            Step<'a, 'b, $E, ProxSgd<$E>, 0>,
            Step<'a, 'b, $E, ProxMomentum<$E>, 1>,
            Step<'a, 'b, $E, Adam<$E>, 2>,
            Step<'a, 'b, $E, Adam<$E>, 3>,
            Step<'a, 'b, $E, ProxAdamW<$E>, 2>,
            Step<'a, 'b, $E, Lion<$E>, 1>,
            GroupSoftThreshold<'a, $E>,
            Penalty<'a, $E>,
            GroupPenalty<'a, $E>,
            KktViolation<'a, $E>,
            Scale<'a, $E>,
            Evaluate<'a, $E, Mse>,
            Evaluate<'a, $E, L1>,
            Evaluate<'a, $E, SmoothL1<$E>>,
            Evaluate<'a, $E, Huber<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropy<$E>>,
            Evaluate<'a, $E, BinaryCrossEntropyWithLogits<$E>>,
            CrossEntropy<'a, $E>,
            Softmax<'a, $E>,
            LogSoftmax<'a, $E>,
            LogSumExp<'a, $E>,
            SoftmaxBackward<'a, $E>,
            CountOutside<'a, $E>,
            Dot<'a, $E>,
            AbsSum<'a, $E>,
            MaxAbs<'a, $E>,
            Sum<'a, $E>,
            Activate<'a, $E, activation::Relu>,
            Activate<'a, $E, activation::Sigmoid>,
            Activate<'a, $E, activation::Softplus>,
            Activate<'a, $E, activation::Tanh>,
            Dropout<'a, $E>,
        }
    };
}

macro_rules! define {
    ($($kernel:ty,)*) => {
        /// `f32` or `f64`: an element type with every built-in kernel.
        pub trait Element: Math + AnyTarget<Self> $(+ for<'a, 'b> Compiled<$kernel>)* {}
    };
}

macro_rules! implement {
    ($E:ident $($kernel:ty,)*) => {
        $(
            impl<'a, 'b> Compiled<$kernel> for $E {
                #[inline(never)]
                fn dispatch(level: Level, kernel: $kernel) -> <$kernel as Kernel>::Out {
                    level.dispatch(kernel)
                }
            }
        )*
        impl Element for $E {}
    };
}

list!(Self, define);
list!(f32, implement f32);
list!(f64, implement f64);
