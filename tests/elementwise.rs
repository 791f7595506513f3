//! The tests of operations whose elements do not know each other, by the laws of
//! `gradstep_check`.

pub(crate) use gradstep_check::laws::elementwise::*;

use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseResult;

/// Checks a law on the same cases in every run.
#[track_caller]
pub(crate) fn law<S: Strategy<Tree: 'static>>(
    strategy: &S,
    holds: impl Fn(S::Value) -> TestCaseResult,
) {
    gradstep_check::laws::law("a law of this test", strategy, holds).unwrap();
}

/// The tests of these laws for `$all::<E>()`, operations with their parameters;
/// `values` too where there is a reference. Every length and offset is for
/// `$lengths` alone if that is given.
macro_rules! tests {
    ($all:ident) => {
        $crate::elementwise::tests!($all, lengths: $all);
    };
    ($all:ident, values) => {
        $crate::elementwise::tests!($all);

        #[test]
        fn values() {
            $all::<f32>().into_iter().for_each(|one| $crate::elementwise::values::<f32, _>(one).unwrap());
            $all::<f64>().into_iter().for_each(|one| $crate::elementwise::values::<f64, _>(one).unwrap());
        }
    };
    ($all:ident, lengths: $lengths:ident) => {
        mod elements {
            $crate::elementwise::tests!(@ $all, $lengths, in_f32, f32);
            $crate::elementwise::tests!(@ $all, $lengths, in_f64, f64);
        }
    };
    (@ $all:ident, $lengths:ident, $name:ident, $float:ty) => {
        mod $name {
            use $crate::elementwise;

            #[test]
            fn every_length_and_offset() {
                let sample = super::super::$lengths::<$float>().into_iter();
                sample.for_each(|one| elementwise::every_length_and_offset::<$float, _>(one, [0, 1, 7, 32, 63]).unwrap());
            }
            #[test]
            fn levels_agree() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(|one| {
                    // Beyond several leaves too.
                    let lengths = [1, 31, 1023, 4097, 16385, 200_003];
                    elementwise::levels_agree::<$float, _>(one, lengths).unwrap();
                });
            }
            #[test]
            fn place_does_not_matter() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(|one| elementwise::place_does_not_matter::<$float, _>(one).unwrap());
            }
            #[test]
            fn nan_stays_in_its_place() {
                let all = super::super::$all::<$float>().into_iter();
                all.for_each(|one| elementwise::nan_stays_in_its_place::<$float, _>(one).unwrap());
            }
        }
    };
}
pub(crate) use tests;
