//! The tests of proximal operators of single elements, by the laws of `gradstep_check`.

mod listed;

pub(crate) use gradstep_check::laws::proximal::*;

/// The tests of these laws, and of `elementwise`, for `$all::<E>()`, operators with
/// their parameters.
macro_rules! tests {
    ($all:ident) => {
        fn operations<E: $crate::numbers::Number>()
        -> impl Iterator<Item = $crate::proximal::Elements<impl $crate::proximal::ReferencedOperator<E>>> {
            $all::<E>().into_iter().map($crate::proximal::Elements)
        }
        // Parameters change no path through a length.
        fn first<E: $crate::numbers::Number>()
        -> impl Iterator<Item = impl $crate::elementwise::Operation<E>> {
            operations::<E>().take(1)
        }
        $crate::elementwise::tests!(operations, lengths: first);

        mod operators {
            $crate::proximal::tests!(@ $all, in_f32, f32);
            $crate::proximal::tests!(@ $all, in_f64, f64);
        }
    };
    (@ $all:ident, $name:ident, $float:ty) => {
        mod $name {
            use super::super::{$all, operations};
            use $crate::{elementwise, proximal};

            #[test]
            fn values() {
                operations::<$float>().for_each(|one| elementwise::values::<$float, _>(one).unwrap());
            }
            #[test]
            fn methods_agree() {
                let holds = |one| proximal::methods_agree::<$float, _>(one).unwrap();
                $all::<$float>().into_iter().for_each(holds);
            }
            #[test]
            fn zeros_are_positive() {
                let holds = |one| proximal::zeros_are_positive::<$float, _>(one).unwrap();
                $all::<$float>().into_iter().for_each(holds);
            }
            #[test]
            fn it_is_firmly_non_expansive() {
                let first = $all::<$float>().into_iter().take(1);
                first.for_each(|one| proximal::it_is_firmly_non_expansive::<$float, _>(one).unwrap());
            }
            #[test]
            fn it_keeps_the_order() {
                let holds = |one| proximal::it_keeps_the_order::<$float, _>(one).unwrap();
                $all::<$float>().into_iter().for_each(holds);
            }
            #[test]
            fn it_is_the_minimiser() {
                let first = $all::<$float>().into_iter().take(1);
                first.for_each(|one| proximal::it_is_the_minimiser::<$float, _>(one).unwrap());
            }
        }
    };
}
pub(crate) use tests;
