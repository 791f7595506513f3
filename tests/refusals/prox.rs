//! Proximal operators.

use super::{in_both_types, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Error;
use gradstep::prox::{SoftThreshold, WeightedSoftThreshold, soft_threshold};

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

        refuses([n], &length("x", N, n), |[x]| weighted.apply(x));
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

in_both_types! { lengths thresholds }
