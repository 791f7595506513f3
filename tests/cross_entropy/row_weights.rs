//! A weight for each row: against the reference, and by laws.

use super::options::{Data, choices, f64s, reference_options, with};
use super::{on, patterns, sum_on};
use crate::numbers::{Number, bits};
use crate::pointwise::Exact;
use crate::reference::Double;
use crate::reference::cross_entropy as reference;
use crate::reference::pointwise::Reduction as Divide;
use crate::reference::ulp;
use crate::tolerance;
use gradstep::loss::{AnyTarget, CrossEntropy, Logits, Outputs};
use gradstep::{EmptyMean, Level, Reduction};

const SHAPES: [(usize, usize); 6] = [(33, 2), (70, 3), (9, 10), (40, 33), (150, 2), (12, 101)];

/// Some of them 0.
fn row_weights<E: Number>(rows: usize) -> Vec<E> {
    (0..rows).map(|r| E::from_f64([0.75, 3.0, 0.0, 1e-3, 1.0, 1.7][r * 7 % 6])).collect()
}

fn check<E: Number, T: AnyTarget<E>>(
    options: CrossEntropy<'_, E>,
    data: &Data<E>,
    targets: &[T],
    weights: &[E],
    exact: &reference::Batch,
    z_loss: f64,
    what: &str,
) {
    let (n, rows) = (data.logits.len(), exact.rows.len());
    let classes = n / rows;
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    let (mut grad, mut losses) = (vec![E::NAN; n], vec![E::NAN; rows]);
    let outputs = Outputs { losses: Some(&mut losses), ..Outputs::default() };
    let logits = Logits::Grad(&data.logits, &mut grad);
    let sum = options.evaluate(logits, targets, outputs).expect(what);
    let denominator = Double::from(sum.denominator());
    let error = (denominator - exact.denominator).abs().to_f64();
    assert!(error <= 1e-12 * sum.denominator(), "{what}: {sum:?} {:?}", exact.denominator);
    let error = ulp::error(sum.mean(), exact.loss, E::FORMAT);
    assert!(error <= ulps("loss of a batch"), "{what}: {sum:?} {error} ULP");
    for (r, row) in exact.rows.iter().enumerate() {
        // A z-loss is a function of the logarithm `l` alone, `z l^2`, which has the error of a
        // larger number where the largest logit and the logarithm of the sum cancel.
        let x = &f64s(&data.logits)[r * classes..(r + 1) * classes];
        let largest = Double::from(x.iter().fold(f64::NEG_INFINITY, |most, x| most.max(*x)));
        let term = largest.abs().max((row.logsumexp - largest).abs());
        let far = ulp::unit(term, E::FORMAT) * ulps("logsumexp");
        let factor = Double::from(weights[r].to_f64()) * z_loss;
        let slack = factor * far * (row.logsumexp.abs() * 2.0 + far);
        let loss = Exact { slack, ..Exact::new(row.loss, ulps("loss of a row")) };
        assert!(loss.allows(losses[r]), "{what}: row {r} {:?}, {loss:?}", losses[r]);
        for (c, x) in x.iter().enumerate() {
            let probability = (Double::from(*x) - row.logsumexp).exp();
            let slope = Exact {
                value: exact.grad[r * classes + c],
                magnitude: row.terms[c] / exact.denominator,
                ulps: ulps("gradient of shares"),
                slack: factor * far * probability * 2.0 / exact.denominator,
            };
            let got = grad[r * classes + c];
            assert!(slope.allows(got), "{what}: row {r} class {c} {got:?}, {slope:?}");
        }
    }
}

/// With every other option.
fn with_every_option<E: Number>() {
    for (rows, classes) in SHAPES {
        let data = Data::<E>::new(rows, classes);
        let weights = row_weights::<E>(rows);
        let (x, w, q) = (f64s(&data.logits), f64s(&data.weights), f64s(&data.probabilities));
        for choice in choices() {
            let indices = data.indices(choice);
            let options = reference_options(choice, &w);
            let row = |r: usize| {
                let place = r * classes..(r + 1) * classes;
                let target = if choice.probabilities {
                    reference::Target::Probabilities(&q[place.clone()])
                } else {
                    reference::Target::Index(indices[r].into())
                };
                reference::row(&x[place], target, &options).weighted(weights[r].to_f64())
            };
            let exact = reference::reduced((0..rows).map(row).collect(), Divide::Mean);
            if exact.denominator.is_zero() {
                continue; // no mean
            }
            for level in Level::available() {
                let what = format!("{choice:?} {rows}x{classes} {level:?}");
                let options = with(on(level, classes), choice, &data.weights);
                let options = options.row_weights(&weights).expect(&what);
                if choice.probabilities {
                    check(
                        options,
                        &data,
                        &data.probabilities,
                        &weights,
                        &exact,
                        choice.z_loss,
                        &what,
                    );
                } else {
                    check(options, &data, &indices, &weights, &exact, choice.z_loss, &what);
                }
            }
        }
    }
}

/// Weights of 1 are none, to the bit, and those of 2 double; `backward` multiplies them with its
/// factors.
fn powers_of_2<E: Number>() {
    for (rows, classes) in SHAPES {
        let data = Data::<E>::new(rows, classes);
        let targets = data.known();
        let double = |x: &[E]| x.iter().map(|x| bits(*x * E::from_f64(2.0))).collect::<Vec<_>>();
        let (ones, twos) = (vec![E::ONE; rows], vec![E::from_f64(2.0); rows]);
        let factors = row_weights::<E>(rows);
        for level in Level::available() {
            let plain = sum_on::<E>(level, classes);
            let all = |options: CrossEntropy<'_, E>, upstream: &[E]| {
                let (mut grad, mut back) =
                    (vec![E::NAN; data.logits.len()], vec![E::NAN; data.logits.len()]);
                let mut losses = vec![E::NAN; rows];
                options.loss_and_grad(&data.logits, &targets, &mut grad).expect("grad");
                options.losses(&data.logits, &targets, &mut losses).expect("losses");
                options.backward(&data.logits, &targets, upstream, &mut back).expect("back");
                [grad, losses, back]
            };
            let without = all(plain, &factors);
            let weighted = |weights, upstream| {
                all(plain.row_weights(weights).expect("weights"), upstream).map(|x| patterns(&x))
            };
            assert_eq!(weighted(&ones, &factors), without.each_ref().map(|x| patterns(x)));
            assert_eq!(weighted(&twos, &factors), without.each_ref().map(|x| double(x)));
            // A factor and a weight change places.
            assert_eq!(weighted(&factors, &ones)[2], patterns(&without[2]), "{level:?}");
        }
    }
}

/// A weight of 0 removes a row whose loss is infinite, but not NaN.
fn zeros<E: Number>() {
    let inf = E::INFINITY;
    for (classes, probability) in [(2, E::HALF), (3, E::ZERO), (101, E::ZERO)] {
        let mut logits = vec![E::ZERO; 3 * classes];
        logits[0] = -inf;
        logits[classes] = E::NAN;
        for level in Level::available() {
            let options = sum_on::<E>(level, classes);
            let weights = [E::ZERO, E::ZERO, E::ONE];
            let options = options.row_weights(&weights).expect("weights");
            let (mut grad, mut losses) = (vec![E::ONE; 3 * classes], [E::ONE; 3]);
            options.losses(&logits, &[0u8, 0, 0], &mut losses).expect("losses");
            options.loss_and_grad(&logits, &[0u8, 0, 0], &mut grad).expect("grad");
            assert!(bits(losses[0]) == 0 && losses[1].is_nan() && losses[2] > E::ZERO);
            assert!(grad[..classes].iter().all(|g| *g == E::ZERO), "{level:?} {grad:?}");
            assert!(grad[classes..2 * classes].iter().all(|g| g.is_nan()), "{level:?}");
            assert!(grad[2 * classes] < probability, "{level:?}");
            let zeros = [E::ZERO; 3];
            let none = on::<E>(level, classes).row_weights(&zeros).expect("weights");
            let zero = none.empty_mean(EmptyMean::Zero);
            assert!(none.loss(&logits, &[1u8, 1, 1]).expect("mean").is_nan());
            assert_eq!(zero.loss(&logits, &[1u8, 1, 1]), Ok(0.0));
        }
    }
}

/// A mean of rows of one weight is that without weights, at both ends of the type.
fn ends<E: Number>() {
    let largest = E::from_bits(E::INFINITY.bits() - 1);
    for (rows, classes) in [(3, 2), (3, 7), (3, 101)] {
        let data = Data::<E>::new(rows, classes);
        let targets = data.known();
        let ulps = tolerance::ulps("cross_entropy", "gradient", E::FORMAT);
        for weight in [E::from_bits(1), largest * E::from_f64(0.25)] {
            let weights = vec![weight; rows];
            for level in Level::available() {
                let plain = on::<E>(level, classes);
                let weighted = plain.row_weights(&weights).expect("weights");
                let all = |options: CrossEntropy<'_, E>| {
                    let mut grad = vec![E::NAN; data.logits.len()];
                    let loss = options.loss_and_grad(&data.logits, &targets, &mut grad);
                    (loss.expect("loss"), grad)
                };
                let ((loss, grad), (got, got_grad)) = (all(plain), all(weighted));
                let what = format!("{weight:?} {level:?} {got} {loss}");
                let ulp = 2f64.powi(1 - E::FORMAT.precision());
                assert!((got / loss - 1.0).abs() < 8.0 * ulp, "{what}");
                for (g, exact) in got_grad.iter().zip(&grad) {
                    let error = super::error::<E>(g.to_f64(), Double::from(exact.to_f64()));
                    assert!(error <= 2.0 * ulps, "{what}: {g:?} {exact:?}");
                }
            }
        }
    }
}

in_both_types! { with_every_option powers_of_2 zeros ends }

#[test]
fn a_mean_divides_by_both_weights() {
    let ce = CrossEntropy::new(2).expect("classes").ignore_index(-1);
    let ce = ce.class_weights(&[1.0f64, 3.0]).and_then(|x| x.row_weights(&[2.0, 5.0, 7.0]));
    let ce = ce.expect("weights").reduction(Reduction::Mean);
    let outputs = Outputs::default();
    let all = ce.evaluate(Logits::Read(&[0.0; 6]), &[0, 1, -1], outputs).expect("three rows");
    assert_eq!((all.denominator(), all.rows()), (17.0, 2));
}

/// Calls for few rows: each row has the gradient of a call for that row alone, bit by bit, with a
/// weight and a factor of its own, and its share of the loss.
fn few_rows<E: Number>() {
    let numbers = |count: usize, number: fn(f64) -> f64| -> Vec<E> {
        (0..count).map(|i| E::from_f64(number(i as f64))).collect()
    };
    for (level, classes) in
        Level::available().flat_map(|level| [2, 3, 5, 10, 40, 101].map(|classes| (level, classes)))
    {
        for rows in 1..=9 {
            let what = format!("{rows} rows of {classes}, {}", level.name());
            let logits = numbers(rows * classes, |i| 3.0 * (1.7 * i).sin());
            let targets: Vec<u16> = (0..rows).map(|r| (r * 5 % classes) as u16).collect();
            let weights = numbers(rows, |r| 0.5 + r);
            let upstream = numbers(rows, |r| 2.0 - 0.75 * r);
            let options = |weights| {
                let execution = gradstep::Execution::new().level(level);
                let options = CrossEntropy::new(classes).expect(&what).reduction(Reduction::Sum);
                options.row_weights(weights).expect(&what).execution(execution)
            };
            let mut grad = vec![E::NAN; logits.len()];
            let all = options(&weights);
            all.backward(&logits, &targets, &upstream, &mut grad).expect(&what);
            let mut losses = 0.0;
            for r in 0..rows {
                let (x, place) = (&logits[r * classes..][..classes], r..=r);
                let (target, one) = (&targets[place.clone()], options(&weights[place.clone()]));
                let mut of_row = vec![E::NAN; classes];
                one.backward(x, target, &upstream[place], &mut of_row).expect(&what);
                assert_eq!(
                    patterns(&grad[r * classes..][..classes]),
                    patterns(&of_row),
                    "{what}: {r}"
                );
                losses += one.loss(x, target).expect(&what);
            }
            let loss = all.loss(&logits, &targets).expect(&what);
            let error = ulp::error(loss, Double::from(losses), E::FORMAT);
            let allowed = tolerance::ulps("cross_entropy", "loss of a batch", E::FORMAT);
            assert!(error <= allowed, "{what}: {loss} {losses}");
        }
    }
}

#[test]
fn few_rows_are_as_alone() {
    few_rows::<f32>();
    few_rows::<f64>();
}
