//! Proximal operators.

use super::{is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Error;
use gradstep::Groups;
use gradstep::prox::{
    BoxConstraint, ElasticNet, GroupSoftThreshold, HardThreshold, NonnegativeSoftThreshold,
    SoftThreshold, WeightedSoftThreshold, soft_threshold,
};

const N: usize = 9;

fn lengths<E: Number>() {
    let soft = SoftThreshold::new(E::ONE).expect("lambda");
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

fn thresholds<E: Number>() {
    for bad in [-1.0, -1e-30, f64::NAN, f64::NEG_INFINITY] {
        let lambda = E::from_f64(bad);
        let expected = parameter("lambda", "a number >= 0", lambda.to_f64());
        is(SoftThreshold::new(lambda), &expected);
        is(NonnegativeSoftThreshold::new(lambda), &expected);
        is(HardThreshold::new(lambda), &expected);
        is(GroupSoftThreshold::new(lambda, Groups::of_length(1).expect("1")), &expected);
        let expected_l1 = parameter("l1", "a number >= 0", lambda.to_f64());
        is(ElasticNet::new(lambda, E::ONE), &expected_l1);
        let expected_l2 = parameter("l2", "finite and >= 0", lambda.to_f64());
        is(ElasticNet::new(E::ONE, lambda), &expected_l2);
        refuses([N], &expected, |[x]| soft_threshold(x, lambda));
        for (n, at) in [(1, 0), (70, 0), (70, 69), (5000, 2500)] {
            let mut lambdas = vec![E::INFINITY; n];
            lambdas[at..].fill(lambda);
            let expected = Error::Element {
                argument: "lambdas",
                index: at,
                expected: "a number >= 0",
                found: lambda.to_f64(),
            };
            is(WeightedSoftThreshold::new(&lambdas), &expected);
        }
    }
    for fine in [E::ZERO, -E::ZERO, E::from_bits(1), E::INFINITY] {
        assert!(SoftThreshold::new(fine).is_ok() && WeightedSoftThreshold::new(&[fine]).is_ok());
    }
}

fn bounds<E: Number>() {
    is(BoxConstraint::new(E::NAN, E::ONE), &parameter("low", "a number", f64::NAN));
    let expected = "no smaller than the lower end";
    is(BoxConstraint::new(E::ONE, E::NAN), &parameter("high", expected, f64::NAN));
    is(BoxConstraint::new(E::ONE, E::HALF), &parameter("high", expected, 0.5));
    is(ElasticNet::new(E::ONE, E::INFINITY), &parameter("l2", "finite and >= 0", f64::INFINITY));
    assert!(BoxConstraint::new(-E::INFINITY, -E::INFINITY).is_ok());
    assert!(ElasticNet::new(E::INFINITY, E::LARGEST).is_ok());
}

fn groups<E: Number>() {
    is(Groups::of_length(0), &parameter("length", "at least 1", 0.0));
    is(Groups::by_offsets(&[]), &length("offsets", 1, 0));
    let element =
        |index, expected, found| Error::Element { argument: "offsets", index, expected, found };
    is(Groups::by_offsets(&[1, 2]), &element(0, "0", 1.0));
    is(Groups::by_offsets(&[0, 5, 4, 3]), &element(2, "no less than the one before", 4.0));
    let largest = Groups::of_length(usize::MAX).expect("a length");
    let soft = GroupSoftThreshold::new(E::ONE, largest).expect("lambda");
    refuses([N], &length("x", 0, N), |[x]: &mut [Vec<E>; 1]| soft.apply(x));
    assert_eq!(soft.apply(&mut []), Ok(()));

    let offsets = [0, 4, 4, N];
    let told: [(_, &dyn Fn(usize) -> usize); 2] = [
        (Groups::of_length(3).expect("3"), &|n| n - n % 3),
        (Groups::by_offsets(&offsets).expect("in order"), &|_| N),
    ];
    for (groups, whole) in told {
        let soft = GroupSoftThreshold::new(E::ONE, groups).expect("lambda");
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
