//! Penalties, certificates and clipping.

use super::{BAD, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Groups;
use gradstep::penalty::{GroupPenalty, LeastSquares, Penalty, lambda_max};
use gradstep::update::{ClipGradNorm, clip_grad_norm, clip_grad_value, clip_grad_value_all};

const N: usize = 9;

fn lengths<E: Number>() {
    let penalty = Penalty::new().l1(1.0).expect("l1");
    let groups = GroupPenalty::new(1.0, Groups::of_length(3).expect("3")).expect("lambda");
    let right = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        refuses([n], &length("grad", N, n), |[grad]| penalty.add_grad(&right, grad));
        refuses([N], &length("grad", n, N), |[grad]| penalty.add_grad(&other, grad));
        refuses([n], &length("grad", N, n), |[grad]| groups.add_grad(&right, grad));
        is(penalty.kkt_violation(&right, &other), &length("grad", N, n));
        let gap = penalty.duality_gap(LeastSquares {
            w: &right,
            residual: &right,
            xt_residual: &other,
            y: &right,
            denominator: 1.0,
        });
        is(gap, &length("xt_residual", N, n));
        let gap = penalty.duality_gap(LeastSquares {
            w: &right,
            residual: &other,
            xt_residual: &right,
            y: &right,
            denominator: 1.0,
        });
        is(gap, &length("y", n, N));
        if n % 3 != 0 {
            is(groups.value(&other), &length("w", n - n % 3, n));
            refuses([n], &length("w", n - n % 3, n), |[grad]| groups.add_grad(&other, grad));
        }
    }
}

fn strengths<E: Number>() {
    let one = Groups::of_length(1).expect("1");
    for bad in BAD {
        is(Penalty::new().l1(bad), &parameter("l1", "finite and >= 0", bad));
        is(Penalty::new().l2(bad), &parameter("l2", "finite and >= 0", bad));
        is(GroupPenalty::new(bad, one), &parameter("lambda", "finite and >= 0", bad));
    }
    for bad in BAD.into_iter().chain([0.0]) {
        let expected = parameter("denominator", "finite and > 0", bad);
        is(lambda_max(&[E::ONE], bad), &expected);
        let x = [E::ONE];
        is(
            Penalty::new().duality_gap(LeastSquares {
                w: &x,
                residual: &x,
                xt_residual: &x,
                y: &x,
                denominator: bad,
            }),
            &expected,
        );
    }
    for bad in [-1.0, f64::NAN, f64::NEG_INFINITY] {
        let expected = parameter("max_norm", "a number >= 0", bad);
        is(ClipGradNorm::new(bad), &expected);
        refuses([N], &expected, |[g]: &mut [Vec<E>; 1]| clip_grad_norm(g, bad));
        let expected = parameter("max_value", "a number >= 0", bad);
        refuses([N], &expected, |[g]: &mut [Vec<E>; 1]| clip_grad_value(g, bad));
        refuses([N, 3], &expected, |list: &mut [Vec<E>; 2]| clip_grad_value_all(list, bad));
    }
}

in_both_types! { lengths strengths }
