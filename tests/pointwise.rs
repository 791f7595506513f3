//! The tests of losses of one prediction and one target, by the laws of `gradstep_check`.

mod listed;

pub(crate) use gradstep_check::laws::pointwise::*;

/// The tests of these laws, and of `elementwise`, for `$all::<E>()`, losses with
/// their parameters.
macro_rules! tests {
    ($all:ident) => {
        fn operations<E: $crate::numbers::Number>()
        -> impl Iterator<Item = impl $crate::elementwise::Operation<E>> {
            $all::<E>().into_iter().map($crate::pointwise::Elements)
        }
        // Parameters change no path through a length.
        fn first<E: $crate::numbers::Number>()
        -> impl Iterator<Item = impl $crate::elementwise::Operation<E>> {
            operations::<E>().take(1)
        }
        $crate::elementwise::tests!(operations, lengths: first);

        mod losses {
            $crate::pointwise::tests!(@ $all, in_f32, f32);
            $crate::pointwise::tests!(@ $all, in_f64, f64);

            #[test]
            fn derivative_is_the_slope() {
                let slopes = |one| $crate::pointwise::derivative_is_the_slope::<f64, _>(one).unwrap();
                super::$all::<f64>().into_iter().for_each(slopes);
            }
        }
    };
    (curved $all:ident) => {
        fn operations<E: $crate::numbers::Number>()
        -> impl Iterator<Item = impl $crate::elementwise::Operation<E>> {
            $all::<E>().into_iter().take(1).map($crate::pointwise::Curves)
        }
        $crate::elementwise::tests!(operations);

        $crate::pointwise::tests!(curved $all, second_in_f32, f32);
        $crate::pointwise::tests!(curved $all, second_in_f64, f64);

        #[test]
        fn second_is_the_slope() {
            // Of the first: a curve may have shrunk to a kink for others.
            let slopes = |one| $crate::pointwise::second_is_the_slope::<f64, _>(one).unwrap();
            $all::<f64>().into_iter().take(1).for_each(slopes);
        }
        #[test]
        fn mixed_types_round_once() {
            let holds = |one| $crate::pointwise::mixed_types_round_once(one).unwrap();
            $all::<f64>().into_iter().for_each(holds);
        }
    };
    (curved $all:ident, $name:ident, $float:ty) => {
        mod $name {
            use super::$all;

            $crate::pointwise::tests!(
                laws $all, $float: second_derivatives second_methods_agree working_responses
                working_methods_agree pairs_round_once
            );
        }
    };
    (@ $all:ident, $name:ident, $float:ty) => {
        mod $name {
            use super::super::$all;

            $crate::pointwise::tests!(
                laws $all, $float: values_and_derivatives methods_agree reductions_and_weights
            );
        }
    };
    (laws $all:ident, $float:ty: $($law:ident)*) => {$(
        #[test]
        fn $law() {
            let holds = |one| $crate::pointwise::$law::<$float, _>(one).unwrap();
            $all::<$float>().into_iter().for_each(holds);
        }
    )*};
}
pub(crate) use tests;
