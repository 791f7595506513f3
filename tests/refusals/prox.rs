//! Proximal operators.

use super::{is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Error;
use gradstep::Groups;
use gradstep::prox::{
    BoxConstraint, ElasticNet, GroupSoftThreshold, HardThreshold, NonnegativeSoftThreshold,
    SoftThreshold, WeightedSoftThreshold, soft_threshold,
};
use gradstep::update::clip_grad_value;

const N: usize = 9;

fn lengths<E: Number>() {
    let soft = SoftThreshold::<E>::new(1.0).expect("lambda");
    let lambdas = [E::ONE; N];
    let weighted = WeightedSoftThreshold::new(&lambdas).expect("lambdas");
    let right = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        refuses([n], &length("out", N, n), |[out]| soft.apply_into(&right, out));
        refuses([N], &length("out", n, N), |[out]| soft.apply_into(&other, out));
        refuses([N], &length("upstream", N, n), |[grad]| soft.backward(&right, &other, grad));
        refuses([n], &length("grad", N, n), |[grad]| soft.backward(&right, &right, grad));
        refuses([N], &length("upstream", n, N), |[grad]| soft.backward(&other, &right, grad));

        refuses([n], &length("out", N, n), |[out]| soft.apply_into_and_count(&right, out));

        refuses([n], &length("x", N, n), |[x]| weighted.apply(x));
        refuses([n], &length("x", N, n), |[x]| weighted.apply_and_count(x));
        refuses([n], &length("out", N, n), |[out]| weighted.apply_into_and_count(&right, out));
        refuses([N], &length("x", N, n), |[out]| weighted.apply_into(&other, out));
        refuses([n], &length("x", N, n), |[out]| weighted.apply_into(&other, out));
        refuses([n], &length("out", N, n), |[out]| weighted.apply_into(&right, out));
        refuses([N], &length("x", N, n), |[grad]| weighted.backward(&other, &right, grad));
        refuses([N], &length("upstream", N, n), |[grad]| weighted.backward(&right, &other, grad));
        refuses([n], &length("grad", N, n), |[grad]| weighted.backward(&right, &right, grad));
    }
}

/// Every operator with a threshold refuses `bad`, as not being `expected`.
fn made<E: Number>(bad: f64, expected: &'static str) {
    let groups = Groups::of_length(1).expect("1");
    is(ElasticNet::<E>::new(bad, 1.0), &parameter("l1", expected, bad));
    let expected = parameter("lambda", expected, bad);
    is(SoftThreshold::<E>::new(bad), &expected);
    is(NonnegativeSoftThreshold::<E>::new(bad), &expected);
    is(HardThreshold::<E>::new(bad), &expected);
    is(GroupSoftThreshold::<E>::new(bad, groups), &expected);
    refuses([N], &expected, |[x]: &mut [Vec<E>; 1]| soft_threshold(x, bad));
}

/// What `f32` can't hold is refused, and told as it came; infinity it holds.
#[test]
fn parameters_beyond_f32() {
    let (large, expected) = (1e39, "finite in the element type");
    made::<f32>(large, expected);
    is(ElasticNet::<f32>::new(1.0, large), &parameter("l2", expected, large));
    is(BoxConstraint::<f32>::new(-large, 0.0), &parameter("low", expected, -large));
    is(BoxConstraint::<f32>::new(0.0, large), &parameter("high", expected, large));
    refuses([N], &parameter("max_value", expected, large), |[g]: &mut [Vec<f32>; 1]| {
        clip_grad_value(g, large)
    });
    // Bounds that become one number.
    assert!(BoxConstraint::<f32>::new(0.7, 0.7 + 1e-12).is_ok());
    assert!(SoftThreshold::<f64>::new(large).is_ok() && SoftThreshold::<f32>::new(1e-50).is_ok());
}

fn thresholds<E: Number>() {
    for bad in [-1.0, -1e-30, f64::NAN, f64::NEG_INFINITY] {
        made::<E>(bad, "a number >= 0");
        is(ElasticNet::<E>::new(1.0, bad), &parameter("l2", "finite and >= 0", bad));
        for (n, at) in [(1, 0), (70, 0), (70, 69), (5000, 2500)] {
            let mut lambdas = vec![E::INFINITY; n];
            lambdas[at..].fill(E::from_f64(bad));
            let expected = Error::Element {
                argument: "lambdas",
                index: at,
                expected: "a number >= 0",
                found: E::from_f64(bad).to_f64(),
            };
            is(WeightedSoftThreshold::new(&lambdas), &expected);
        }
    }
    for fine in [E::ZERO, -E::ZERO, E::from_bits(1), E::INFINITY] {
        assert!(
            SoftThreshold::<E>::new(fine.to_f64()).is_ok()
                && WeightedSoftThreshold::new(&[fine]).is_ok()
        );
    }
}

fn bounds<E: Number>() {
    is(BoxConstraint::<E>::new(f64::NAN, 1.0), &parameter("low", "a number", f64::NAN));
    let expected = "no smaller than the lower end";
    is(BoxConstraint::<E>::new(1.0, f64::NAN), &parameter("high", expected, f64::NAN));
    is(BoxConstraint::<E>::new(1.0, 0.5), &parameter("high", expected, 0.5));
    is(
        ElasticNet::<E>::new(1.0, f64::INFINITY),
        &parameter("l2", "finite and >= 0", f64::INFINITY),
    );
    assert!(BoxConstraint::<E>::new(-f64::INFINITY, -f64::INFINITY).is_ok());
    assert!(ElasticNet::<E>::new(f64::INFINITY, E::LARGEST.to_f64()).is_ok());
}

fn groups<E: Number>() {
    is(Groups::of_length(0), &parameter("length", "at least 1", 0.0));
    is(Groups::by_offsets(&[]), &length("offsets", 1, 0));
    let element =
        |index, expected, found| Error::Element { argument: "offsets", index, expected, found };
    is(Groups::by_offsets(&[1, 2]), &element(0, "0", 1.0));
    is(Groups::by_offsets(&[0, 5, 4, 3]), &element(2, "no less than the one before", 4.0));
    let largest = Groups::of_length(usize::MAX).expect("a length");
    let soft = GroupSoftThreshold::<E>::new(1.0, largest).expect("lambda");
    refuses([N], &length("x", 0, N), |[x]: &mut [Vec<E>; 1]| soft.apply(x));
    assert_eq!(soft.apply(&mut []), Ok(()));

    let offsets = [0, 4, 4, N];
    let told: [(_, &dyn Fn(usize) -> usize); 2] = [
        (Groups::of_length(3).expect("3"), &|n| n - n % 3),
        (Groups::by_offsets(&offsets).expect("in order"), &|_| N),
    ];
    for (groups, whole) in told {
        let soft = GroupSoftThreshold::new(1.0, groups).expect("lambda");
        let right = [E::HALF; N];
        for n in wrong(N) {
            let other = vec![E::HALF; n];
            refuses([n], &length("out", N, n), |[out]| soft.apply_into(&right, out));
            refuses([n], &length("out", N, n), |[out]| soft.apply_into_and_count(&right, out));
            refuses([N], &length("upstream", N, n), |[grad]| soft.backward(&right, &other, grad));
            refuses([n], &length("grad", N, n), |[grad]| soft.backward(&right, &right, grad));
            if n != whole(n) {
                let expected = length("x", whole(n), n);
                refuses([n], &expected, |[x]| soft.apply(x));
                refuses([n], &expected, |[x]| soft.apply_and_count(x));
                refuses([n], &expected, |[out]| soft.apply_into(&other, out));
                refuses([n], &expected, |[grad]| soft.backward(&other, &other, grad));
            }
        }
    }
}

in_both_types! { lengths thresholds bounds groups }
