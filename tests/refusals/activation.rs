//! Activations and dropout.

use super::{is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::Dropout;
use gradstep::activation::{self, Activation};
use gradstep::kernels::ops::activation::Activation as Formula;

const N: usize = 9;

fn lengths<E: Number>() {
    fn of<E: Number, A: Formula>(activation: Activation<A>) {
        let right = [E::HALF; N];
        for n in wrong(N) {
            let other = vec![E::HALF; n];
            refuses([n], &length("out", N, n), |[out]| activation.apply_into(&right, out));
            refuses([N], &length("out", n, N), |[out]| activation.apply_into(&other, out));
            let upstream = length("upstream", N, n);
            refuses([N], &upstream, |[grad]| activation.backward(&right, &other, grad));
            let grad = length("grad", N, n);
            refuses([n], &grad, |[grad]| activation.backward(&right, &right, grad));
        }
    }
    macro_rules! listed {
        ($($stem:ident $activation:ident)*) => {
            $(of::<E, _>(activation::$activation::new());)*
        };
    }
    gradstep_check::activations!(listed);
    let dropout = Dropout::new(0.5).expect("p");
    let right = [E::HALF; N];
    for n in wrong(N) {
        refuses([n], &length("out", N, n), |[out]| dropout.apply_into(&right, out));
        refuses([n], &length("grad", N, n), |[grad]| dropout.backward(&right, grad));
    }
}

fn probabilities<E: Number>() {
    for bad in [-1e-300, -1.0, 1.0 + f64::EPSILON, 2.0, f64::NAN, f64::INFINITY] {
        is(Dropout::new(bad), &parameter("p", "from 0 to 1", bad));
    }
    for fine in [0.0, -0.0, f64::MIN_POSITIVE, 1.0 - f64::EPSILON, 1.0] {
        Dropout::new(fine).expect("a probability").apply(&mut [E::ONE; N]).unwrap();
    }
}

in_both_types! { lengths probabilities }
