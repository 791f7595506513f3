//! Losses of one prediction and one target.

use super::{BAD, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use crate::pointwise::PointwiseLoss;
use crate::reference::Format;
use gradstep::loss::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Focal, Gamma, Huber, KlDivergence, Loss,
    ModifiedHuber, Mse, Pointwise, Poisson, Quantile, SmoothL1, SquaredHinge, Tweedie,
    TwiceDifferentiable,
};
use gradstep::{Error, Reduction};
use gradstep_check::catalogue::{self, LossEntry};

/// All five methods with prediction and target of these lengths, upstream and
/// output of those; each must be refused with its error.
fn all<E: Number, P: Pointwise<E>>(
    loss: &Loss<'_, E, P>,
    (prediction, target): (&[E], &[E]),
    expected: &Error,
) {
    let n = prediction.len();
    let mut nothing = [];
    let _: &mut [E; 0] = &mut nothing;
    refuses([0], expected, |[_]: &mut [Vec<E>; 1]| loss.loss(prediction, target));
    refuses([n], expected, |[grad]| loss.loss_and_grad(prediction, target, grad));
    refuses([n], expected, |[out]| loss.losses(prediction, target, out));
    refuses([n, n], expected, |[upstream, grad]| loss.backward(prediction, target, upstream, grad));
    let mut in_place = prediction.to_vec();
    is(loss.loss_and_grad_in_place(&mut in_place, target), expected);
    let bits = |x: &[E]| -> Vec<u64> { x.iter().map(|x| x.bits()).collect() };
    assert!(bits(&in_place) == bits(prediction), "written before {expected:?}");
}

fn wrong_lengths<E: Number, P: Pointwise<E>>(loss: Loss<'_, E, P>) {
    const N: usize = 9;
    let right = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        all(&loss, (&right, &other), &length("target", N, n));
        all(&loss.weights(&other), (&right, &right), &length("weights", N, n));
        refuses([n], &length("grad", N, n), |[grad]| loss.loss_and_grad(&right, &right, grad));
        refuses([n], &length("out", N, n), |[out]| loss.losses(&right, &right, out));
        refuses([N], &length("upstream", N, n), |[grad]| {
            loss.backward(&right, &right, &other, grad)
        });
        refuses([n], &length("grad", N, n), |[grad]| loss.backward(&right, &right, &right, grad));
        // The prediction is what the others are measured by.
        is(loss.loss(&other, &right), &length("target", n, N));
        refuses([N], &length("grad", n, N), |[grad]| loss.loss_and_grad(&other, &right, grad));
        refuses([n], &length("target", n, N), |[prediction]| {
            loss.loss_and_grad_in_place(prediction, &right)
        });
        refuses([N], &length("out", n, N), |[out]| loss.losses(&other, &right, out));
        refuses([N], &length("upstream", n, N), |[grad]| {
            loss.backward(&other, &right, &right, grad)
        });
    }
}

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        fn lengths<E: Number>() {
            $(
                let usual = <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual();
                wrong_lengths::<E, _>(usual.loss());
            )*
        }
    };
}
gradstep_check::losses!(listed);

macro_rules! curved {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        fn lengths_of_both<E: Number>() {
            $(
                let usual = <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual();
                wrong_lengths_of_both::<E, _>(usual.loss());
            )*
        }
    };
}
gradstep_check::curved_losses!(curved);

fn wrong_lengths_of_both<E: Number, P: TwiceDifferentiable<E>>(loss: Loss<'_, E, P>) {
    const N: usize = 9;
    let right = [E::HALF; N];
    for n in wrong(N) {
        let other = vec![E::HALF; n];
        let target = length("target", N, n);
        refuses([N, N], &target, |[g, h]| loss.grad_hess(&right, &other, g, h));
        refuses([N, N], &target, |[g, h]| loss.loss_grad_hess(&right, &other, g, h));
        let weights = length("weights", N, n);
        let weighted = loss.weights(&other);
        refuses([N, N], &weights, |[g, h]| weighted.grad_hess(&right, &right, g, h));
        refuses([N, N], &target, |[w, z]| loss.irls(&right, &other, w, z));
        refuses([N, N], &weights, |[w, z]| weighted.irls(&right, &right, w, z));
        let (of_weight, of_response) = (length("weight", N, n), length("response", N, n));
        refuses([n, N], &of_weight, |[w, z]| loss.irls(&right, &right, w, z));
        refuses([N, n], &of_response, |[w, z]| loss.irls(&right, &right, w, z));
        for (lengths, expected) in [([n, N], length("grad", N, n)), ([N, n], length("hess", N, n))]
        {
            refuses(lengths, &expected, |[g, h]| loss.grad_hess(&right, &right, g, h));
            refuses(lengths, &expected, |[g, h]| loss.loss_grad_hess(&right, &right, g, h));
        }
    }
}

/// What a single-precision call refuses, it refuses before it writes.
#[test]
fn derivatives_in_f32() {
    let poisson = Poisson::<f64>::new();
    let x = [0.5f64; 3];
    let call = |target: &[f32], grad: usize, hess: usize| {
        let (mut grad, mut hess) = (vec![7f32; grad], vec![7f32; hess]);
        let refused = poisson.grad_hess_f32(&x, target, &mut grad, &mut hess);
        assert!(grad.iter().chain(&hess).all(|x| *x == 7.0), "written");
        refused
    };
    is(call(&[1.0; 2], 3, 3), &length("target", 3, 2));
    is(call(&[1.0; 3], 2, 3), &length("grad", 3, 2));
    is(call(&[1.0; 3], 3, 4), &length("hess", 3, 4));
    let expected = outside("target", 1, -1.0);
    is(call(&[1.0, -1.0, 1.0], 3, 3), &expected);
    is(call(&[1.0, f32::INFINITY, 1.0], 3, 3), &outside("target", 1, f64::INFINITY));
    let call = |target: &[f32], n: usize| {
        let mut pairs = vec![[7f32; 2]; n];
        let refused = poisson.grad_hess_pairs(&x, target, &mut pairs);
        assert!(pairs.as_flattened().iter().all(|x| *x == 7.0), "written");
        refused
    };
    is(call(&[1.0; 2], 3), &length("target", 3, 2));
    is(call(&[1.0; 3], 4), &length("pairs", 3, 4));
    is(call(&[1.0, -1.0, 1.0], 3), &expected);
}

fn outside(argument: &'static str, index: usize, found: f64) -> Error {
    Error::Element { argument, index, expected: "within the loss's domain", found }
}

/// Targets that a loss is not defined for; the first is named.
fn no_targets<E: Number>() {
    for n in [1, 70, 70_000] {
        let x = vec![E::HALF; n];
        for at in [0, n / 2, n - 1] {
            let with = |bad: f64| {
                let mut y = vec![E::HALF; n];
                y[at..].fill(E::from_f64(bad));
                (y, outside("target", at, E::from_f64(bad).to_f64()))
            };
            for bad in [-1.0, -1e-30, f64::NEG_INFINITY, f64::INFINITY] {
                let (y, expected) = with(bad);
                all(&Poisson::new(), (&x, &y), &expected);
                all(&Gamma::new(), (&x, &y), &expected);
                all(&Tweedie::new(1.5).expect("power"), (&x, &y), &expected);
                all(&KlDivergence::new(), (&x, &y), &expected);
            }
            let (y, expected) = with(0.0);
            all(&Gamma::new(), (&x, &y), &expected);
            for bad in [-1.0 - 1e-6, 1.0 + 1e-6, 2.0, f64::INFINITY] {
                let (y, expected) = with(bad);
                all(&SquaredHinge::new(), (&x, &y), &expected);
                all(&ModifiedHuber::new(), (&x, &y), &expected);
            }
            for bad in [-1e-30, 1.0 + 1e-6] {
                let (y, expected) = with(bad);
                all(&Focal::new(2.0).expect("gamma"), (&x, &y), &expected);
            }
        }
    }
    let (x, y) = ([E::HALF; 3], [E::NAN, E::LEAST, E::LARGEST]);
    assert!(Gamma::new().loss(&x, &y).is_ok_and(f64::is_nan));
    let (x, y) = ([E::HALF; 4], [E::NAN, -E::ZERO, E::ZERO, E::LARGEST]);
    assert!(Poisson::new().loss(&x, &y).is_ok_and(f64::is_nan));
}

fn denominators<E: Number>() {
    let x = [E::HALF; 3];
    for bad in [0.0, -0.0, 1e-309].into_iter().chain(BAD) {
        let expected = parameter("denominator", "finite and > 0, as is its reciprocal", bad);
        let reduction = Reduction::DivideBy(bad);
        all(&Mse::new().reduction(reduction), (&x, &x), &expected);
        all(&BinaryCrossEntropy::new().reduction(reduction), (&x, &x), &expected);
    }
}

/// The first element that is outside is named, whatever stands around it.
fn weights_that_are_none<E: Number>() {
    for n in [1, 70, 70_000] {
        let x = vec![E::HALF; n];
        for at in [0, n / 2, n - 1] {
            for bad in [-1.0, -1e-30, f64::NEG_INFINITY, f64::INFINITY, f64::NAN] {
                let mut weights = vec![E::LARGEST; n];
                weights[at..].fill(E::from_f64(bad));
                let expected = Error::Element {
                    argument: "weights",
                    index: at,
                    expected: "finite and >= 0",
                    found: E::from_f64(bad).to_f64(),
                };
                all(&Mse::new().weights(&weights), (&x, &x), &expected);
            }
        }
    }
    // Not refused: no weight, -0, and the largest number.
    let weights = [E::ZERO, -E::ZERO, E::LARGEST, E::ONE];
    let ones = [E::ONE; 4];
    assert_eq!(Mse::new().weights(&weights).loss(&ones, &ones), Ok(0.0));
    // Nor is a sum that is no number of `f64`, but for the mean that it divides.
    let weights = [E::LARGEST; 3];
    let mean = Mse::new().weights(&weights).reduction(Reduction::WeightedMean);
    let sum = mean.loss(&ones[..3], &ones[..3]);
    match E::FORMAT {
        Format::F32 => assert_eq!(sum, Ok(0.0)),
        Format::F64 => is(sum, &parameter("sum of the weights", "finite", f64::INFINITY)),
    }
}

fn no_probabilities<E: Number>() {
    for n in [1, 70, 70_000] {
        let labels = vec![E::HALF; n];
        for at in [0, n / 2, n - 1] {
            for bad in [1.0 + 1e-7, -1e-30, 2.0, f64::INFINITY, f64::NEG_INFINITY] {
                let mut x = vec![E::NAN; n];
                x[at..].fill(E::from_f64(bad));
                let expected = Error::Element {
                    argument: "prediction",
                    index: at,
                    expected: "within the loss's domain",
                    found: E::from_f64(bad).to_f64(),
                };
                all(&BinaryCrossEntropy::new(), (&x, &labels), &expected);
                let clipped = BinaryCrossEntropy::new().clip(0.125).expect("eps");
                all(&clipped, (&x, &labels), &expected);
            }
        }
    }
    let ends = [E::ZERO, -E::ZERO, E::ONE, E::NAN];
    assert!(BinaryCrossEntropy::new().loss(&ends, &[E::ONE; 4]).is_ok());
}

fn parameters<E: Number>() {
    for bad in BAD {
        is(SmoothL1::<E>::new(bad), &parameter("beta", "finite and >= 0", bad));
        is(Huber::<E>::new(bad), &parameter("delta", "finite and > 0", bad));
        is(
            BinaryCrossEntropyWithLogits::<E>::new().pos_weight(bad),
            &parameter("pos_weight", "finite and >= 0", bad),
        );
    }
    let inside = "above 0 and below 1";
    for bad in [0.0, -0.0, 1.0, 1.5].into_iter().chain(BAD) {
        is(Quantile::<E>::new(bad), &parameter("quantile", inside, bad));
        let argument = "quantiles";
        let expected = Error::Element { argument, index: 1, expected: inside, found: bad };
        is(Quantile::of_columns(&[E::HALF, E::from_f64(bad)]), &expected);
    }
    is(Quantile::<E>::of_columns(&[]), &parameter("quantiles", "at least 1", 0.0));
    let halves = [E::HALF; 2];
    let columns = Quantile::of_columns(&halves).expect("quantiles");
    is(columns.loss(&[E::ONE; 3], &[E::ONE; 3]), &length("prediction", 2, 3));
    for bad in [0.0, 1.0, 2.0, 2.5].into_iter().chain(BAD) {
        is(Tweedie::<E>::new(bad), &parameter("power", "above 1 and below 2", bad));
    }
    for bad in BAD {
        is(Focal::<E>::new(bad), &parameter("gamma", "finite and >= 0", bad));
    }
    let focal = Focal::<E>::new(1.0).expect("gamma");
    for bad in [1.5].into_iter().chain(BAD) {
        is(focal.alpha(bad), &parameter("alpha", "from 0 to 1", bad));
    }
    for zero in [0.0, -0.0] {
        is(Huber::<E>::new(zero), &parameter("delta", "finite and > 0", zero));
        assert!(SmoothL1::<E>::new(zero).is_ok());
        assert!(BinaryCrossEntropyWithLogits::<E>::new().pos_weight(zero).is_ok());
    }
    let least = E::from_bits(1).to_f64();
    assert!(SmoothL1::<E>::new(least).is_ok() && Huber::<E>::new(least).is_ok());

    let clip = |eps| BinaryCrossEntropy::<E>::new().clip(eps);
    let expected = "above 0, below 1/2, and large enough that 1 - eps is below 1";
    let quarter = E::ONE.bits() - E::from_bits(E::ONE.bits() - 1).bits();
    assert_eq!(quarter, 1);
    // Half of what separates 1 from the number below.
    let least = E::ONE - E::from_bits(E::ONE.bits() - 1);
    let tiny = least * E::HALF;
    for bad in BAD.into_iter().chain([0.0, 0.5, 1.0, tiny.to_f64()]) {
        is(clip(bad), &parameter("eps", expected, bad));
    }
    assert!(clip(least.to_f64()).is_ok() && clip(0.49).is_ok());
}

/// What `f32` can't hold is refused, and told as it came.
#[test]
fn parameters_beyond_f32() {
    let (large, small) = (1e39, 1e-50);
    let infinite = |name| parameter(name, "finite in the element type", large);
    is(SmoothL1::<f32>::new(large), &infinite("beta"));
    is(Huber::<f32>::new(large), &infinite("delta"));
    is(Focal::<f32>::new(large), &infinite("gamma"));
    is(BinaryCrossEntropyWithLogits::<f32>::new().pos_weight(large), &infinite("pos_weight"));
    let elsewhere = |name, x| parameter(name, "in its range in the element type, too", x);
    is(Huber::<f32>::new(small), &elsewhere("delta", small));
    is(Quantile::<f32>::new(small), &elsewhere("quantile", small));
    is(Quantile::<f32>::new(1.0 - 1e-15), &elsewhere("quantile", 1.0 - 1e-15));
    is(Tweedie::<f32>::new(1.0 + 1e-15), &elsewhere("power", 1.0 + 1e-15));
    // Here 0 is in range, and all that is left of so small a parameter.
    assert!(SmoothL1::<f32>::new(small).is_ok() && Focal::<f32>::new(small).is_ok());
    assert!(SmoothL1::<f64>::new(large).is_ok() && Huber::<f64>::new(small).is_ok());
}

in_both_types! { lengths lengths_of_both no_targets denominators weights_that_are_none no_probabilities parameters }
