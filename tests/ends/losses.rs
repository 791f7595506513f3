//! Losses of one prediction and one target.

use super::near;
use crate::numbers::{Number, bits};
use crate::reference::Format;
use gradstep::kernels::{Isa, Lanes};
use gradstep::loss::{L1, LogCosh, Loss, Mse, Pointwise};
use gradstep::{Element, Execution, Level, Reduction};

/// Gradients of both methods, which are the same, and the loss.
fn grad<E: Number, P: Pointwise<E>>(loss: &Loss<'_, E, P>, d: &[E]) -> (f64, Vec<E>) {
    let target = vec![E::ZERO; d.len()];
    let (mut grad, mut in_place) = (vec![E::NAN; d.len()], d.to_vec());
    let value = loss.loss_and_grad(d, &target, &mut grad).expect("not refused");
    loss.loss_and_grad_in_place(&mut in_place, &target).expect("not refused");
    let patterns = |x: &[E]| x.iter().map(|x| bits(*x)).collect::<Vec<_>>();
    assert_eq!(patterns(&grad), patterns(&in_place));
    let alone = loss.loss(d, &target).expect("not refused");
    assert_eq!(bits(value), bits(alone));
    (value, grad)
}

fn all_near<E: Number>(got: &[E], exact: &[f64], what: &str) {
    assert_eq!(got.len(), exact.len());
    for (got, exact) in got.iter().zip(exact) {
        assert!(near(got.to_f64(), *exact), "{what}: {got:?} instead of {exact:e}");
    }
}

/// A denominator whose reciprocal the type can't hold, or not with all its digits.
#[test]
fn gradients_of_extreme_denominators() {
    for level in Level::available() {
        let mse = Mse::<f32>::new().execution(Execution::new().level(level));
        for (denominator, d) in [
            (1e-39, [0.0, 1e-5, -3e-7]),
            (1e-60, [0.0, 1e-30, -3e-24]),
            (1e43, [0.0, 3e37, -1e38]),
            (1e60, [0.0, 3e37, -1e38]),
        ] {
            let divided = mse.reduction(Reduction::DivideBy(denominator));
            let exact = d.map(|d: f32| (2.0 * f64::from(d) / denominator) as f32);
            let what = format!("{denominator:e} on {level:?}");
            all_near(&grad(&divided, &d).1, &exact.map(f64::from), &what);
            let ones = [1.0; 3];
            all_near(&grad(&divided.weights(&ones), &d).1, &exact.map(f64::from), &what);
        }
    }
    let mse = Mse::<f64>::new().reduction(Reduction::DivideBy(1e-308));
    all_near(&grad(&mse, &[0.0, 1e-8, -1e-200]).1, &[0.0, 2e300, -2e108], "f64");
}

/// Weights whose sum, or products on the way, leave the type though those of the mean do not.
fn weighted_means<E: Number>() {
    let [tiny, huge] = match E::FORMAT {
        Format::F32 => [1e-40, 3e38],
        Format::F64 => [1e-309, 1e304],
    };
    for level in Level::available() {
        let mse = Mse::<E>::new().execution(Execution::new().level(level));
        let mean = mse.reduction(Reduction::WeightedMean);
        for weight in [tiny, huge] {
            for n in [3, 3000] {
                let what = format!("{n} weights of {weight:e} on {level:?}");
                let weights = vec![E::from_f64(weight); n];
                let d: Vec<E> = [0.0, 0.5, 2.0].map(E::from_f64).repeat(n / 3);
                let (loss, got) = grad(&mean.weights(&weights), &d);
                assert!(near(loss, 4.25 / 3.0), "{what}: {loss}");
                let exact = [0.0, 1.0, 4.0].map(|g| g / n as f64).repeat(n / 3);
                all_near(&got, &exact, &what);
            }
        }
        // Another element's weight leaves an ordinary one's bits.
        let d = [0.3, -0.7, 0.9].map(E::from_f64);
        let weights = [0.3, 0.9, huge].map(E::from_f64);
        let plain = mse.reduction(Reduction::DivideBy(7.3));
        let (_, both) = grad(&plain.weights(&weights), &d);
        let (_, alone) = grad(&plain.weights(&weights[..2]), &d[..2]);
        assert_eq!(both[..2], alone, "{level:?}");
    }
}

/// More than the largest number within a block.
#[test]
fn sums_beyond_f32() {
    for n in [100, 5000, 150_000] {
        for level in Level::available() {
            let execution = Execution::new().level(level);
            let (far, square, zeros) = (vec![3e38f32; n], vec![1e19f32; n], vec![0f32; n]);
            let mut grad = vec![f32::NAN; n];
            let l1 = L1::new().execution(execution);
            let mse = Mse::new().execution(execution);
            let ones = vec![1f32; n];
            for (losses, exact) in [
                (
                    [
                        l1.loss(&far, &zeros),
                        l1.loss_and_grad(&far, &zeros, &mut grad),
                        l1.weights(&ones).loss(&far, &zeros),
                    ],
                    f64::from(3e38f32),
                ),
                (
                    [
                        mse.loss(&square, &zeros),
                        mse.loss_and_grad(&square, &zeros, &mut grad),
                        mse.weights(&ones).loss(&square, &zeros),
                    ],
                    1e38,
                ),
            ] {
                for loss in losses {
                    let loss = loss.expect("not refused");
                    assert!(near(loss, exact), "{loss:e} of {n} on {level:?}");
                }
            }
            // What is infinite, and what is no number, stays it.
            let mut last = square.clone();
            last[n - 1] = f32::INFINITY;
            assert_eq!(mse.loss(&last, &zeros), Ok(f64::INFINITY));
            last[n - 1] = f32::NAN;
            assert!(mse.loss(&last, &zeros).is_ok_and(f64::is_nan));
        }
    }
}

/// Twice the difference may overflow; the mean's gradient does not.
fn mean_gradients_of_large_differences<E: Number>() {
    let d = E::LARGEST;
    for level in Level::available() {
        let mse = Mse::<E>::new().execution(Execution::new().level(level));
        for n in [2, 7, 100] {
            let (_, got) = grad(&mse, &vec![d; n]);
            let exact = vec![d.to_f64() / n as f64 * 2.0; n];
            all_near(&got, &exact, &format!("{n} on {level:?}"));
            let halves = vec![E::HALF; n];
            let halved = vec![d.to_f64() / n as f64; n];
            let (_, got) = grad(&mse.weights(&halves), &vec![d; n]);
            all_near(&got, &halved, &format!("{n} with weights on {level:?}"));
            let tiny = vec![E::from_f64(1.0 / n as f64); n];
            let mut back = vec![E::NAN; n];
            mse.backward(&vec![d; n], &vec![E::ZERO; n], &tiny, &mut back).expect("not refused");
            all_near(&back, &exact, &format!("backward of {n} on {level:?}"));
        }
    }
}

/// Where no weight is left, gradients are +0, by all reductions and formulas.
fn no_weight_left<E: Number>() {
    let plus = |got: &[E]| got.iter().all(|g| bits(*g) == 0);
    for level in Level::available() {
        let execution = Execution::new().level(level);
        let (zeros, d) = ([E::ZERO; 3], [E::ONE, -E::ONE, E::ZERO]);
        for reduction in [Reduction::WeightedMean, Reduction::Mean, Reduction::Sum] {
            let what = format!("{reduction:?} on {level:?}");
            let mse = Mse::<E>::new().execution(execution).reduction(reduction).weights(&zeros);
            let (loss, got) = grad(&mse, &d);
            assert!(loss.is_nan() == (reduction == Reduction::WeightedMean), "{what}");
            assert!(plus(&got), "{got:?}, {what}");
            let long = LogCosh::<E>::new().execution(execution).reduction(reduction);
            let (_, got) = grad(&long.weights(&zeros), &d);
            assert!(plus(&got), "{got:?}, {what}");
            // A huge weight is another path.
            let heavy = [E::ZERO, E::ZERO, E::LARGEST];
            let mse = Mse::<E>::new().execution(execution).reduction(reduction);
            let (_, got) = grad(&mse.weights(&heavy), &d);
            assert!(plus(&got[..2]), "{got:?}, {what}");
        }
    }
}

/// A formula that fails at 2500.
#[derive(Clone, Copy)]
struct Fails;

impl<E: Element> Pointwise<E> for Fails {
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let at = E::from_f64(2500.0);
        assert!(!prediction.to_array().as_ref().contains(&at), "as it should");
        (target, target)
    }
}

/// What a formula of one's own had written when it panicked stays; what is after does not change.
#[test]
fn a_formula_that_panics_leaves_a_part() {
    let x: Vec<f32> = (0..3000).map(|i| i as f32).collect();
    let (ones, mut grad) = (vec![1f32; 3000], vec![7f32; 3000]);
    for level in Level::available() {
        let loss = Loss::from_formula(Fails).execution(Execution::new().level(level));
        let loss = loss.reduction(Reduction::Sum);
        let call = || loss.loss_and_grad(&x, &ones, &mut grad);
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err());
        assert_eq!((grad[0], grad[2500], grad[2999]), (1.0, 7.0, 7.0), "{level:?}");
        grad.fill(7.0);
    }
}

/// Nothing adds up to the same 0 on every level, by each method and reduction.
fn sums_of_nothing<E: Number>() {
    let none: [E; 0] = [];
    for reduction in [Reduction::Sum, Reduction::DivideBy(7.3)] {
        for level in Level::available() {
            let mse = Mse::<E>::new().execution(Execution::new().level(level)).reduction(reduction);
            let sums = [
                mse.loss(&none, &none),
                mse.loss_and_grad(&none, &none, &mut []),
                mse.loss_and_grad_in_place(&mut [], &none),
                mse.weights(&none).loss(&none, &none),
                mse.weights(&none).loss_and_grad(&none, &none, &mut []),
            ];
            let sums = sums.map(|sum| sum.expect("not refused").to_bits());
            assert_eq!(sums, [0; 5], "{reduction:?} on {level:?}");
        }
    }
}

in_both_types! { sums_of_nothing weighted_means mean_gradients_of_large_differences no_weight_left }
