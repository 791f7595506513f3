//! The losses of the catalogue.

use super::pointwise::{Curved, Derivatives, Formula, InPlace, LossAndGrad, LossOnly, Working};
use crate::suite;
use criterion::Criterion;
use gradstep::loss::{Loss, Pointwise, TwiceDifferentiable};
use gradstep_check::catalogue::{self, LossEntry};
use gradstep_check::laws::pointwise::PointwiseLoss;
use gradstep_check::numbers::Number;

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        $(struct $loss;

        impl Formula for $loss {
            const STEM: &'static str = stringify!($stem);
            const UNIT: bool = {
                type E = f32;
                <catalogue::$loss $(<$E>)? as LossEntry<E>>::UNIT[0]
            };

            fn new<E: Number>() -> Loss<'static, E, impl Pointwise<E> + 'static> {
                <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual().loss()
            }
        })*

        pub(crate) fn bench(criterion: &mut Criterion) {
            $(
                if const { suite::is_built(stringify!($stem)) } {
                    suite::bench::<LossAndGrad<$loss>>(criterion);
                    // The next call would find a gradient where it expects probabilities.
                    if !$loss::UNIT {
                        suite::bench::<InPlace<$loss>>(criterion);
                    }
                    suite::bench::<LossOnly<$loss>>(criterion);
                }
            )*
            curves(criterion);
        }
    };
}
gradstep_check::losses!(listed);

macro_rules! listed_curves {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        $(impl Curved for $loss {
            const STEM: &'static str = stringify!($stem);

            fn new<E: Number>() -> Loss<'static, E, impl TwiceDifferentiable<E> + 'static> {
                <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual().loss()
            }
        })*

        fn curves(criterion: &mut Criterion) {
            $(suite::bench::<Derivatives<$loss>>(criterion);)*
            suite::bench::<Working<BinaryCrossEntropyWithLogits>>(criterion);
            suite::bench::<Working<Poisson>>(criterion);
        }
    };
}
gradstep_check::curved_losses!(listed_curves);
