//! What becomes of the rows' losses: means, sums, denominators, micro-batches,
//! and factors of each row.

use super::{CLASSES, on, ordinary, outcome, patterns, sum_on};
use crate::numbers::{Number, bits};
use crate::reference::Double;
use crate::reference::cross_entropy::{self as reference, Options, Target};
use crate::reference::pointwise::Reduction as Divide;
use crate::tolerance;
use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
use gradstep::{EmptyMean, Error, Level, Reduction};

const IGNORED: i64 = -100;

/// Every fifth row is left out.
fn with_ignored(targets: &[usize]) -> Vec<i64> {
    let target = |(r, y): (usize, &usize)| if r % 5 == 2 { IGNORED } else { *y as i64 };
    targets.iter().enumerate().map(target).collect()
}

/// Total and gradient of any number of rows, divided in every way.
fn reductions<E: Number>() {
    let (counts, few) = ((0..=70).chain([127, 128, 129, 257]), [2, 10]);
    let shapes = counts.flat_map(|rows| few.map(|classes| (rows, classes)));
    let widths = CLASSES.map(|classes| (9, classes));
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    for (rows, classes) in shapes.chain(widths).filter(|(rows, _)| *rows > 0) {
        let (logits, targets) = ordinary::<E>(rows, classes);
        let targets = with_ignored(&targets);
        let exact_logits: Vec<f64> = logits.iter().map(|x| x.to_f64()).collect();
        let indices: Vec<_> = targets.iter().map(|y| Target::Index((*y).into())).collect();
        let options = Options { ignore_index: Some(IGNORED.into()), ..Options::default() };
        for (reduction, divide) in [
            (Reduction::Mean, Divide::Mean),
            (Reduction::WeightedMean, Divide::Mean),
            (Reduction::Sum, Divide::Sum),
            (Reduction::DivideBy(7.3), Divide::DivideBy(7.3)),
        ] {
            let exact = reference::batch(&exact_logits, classes, &indices, &options, divide);
            for level in Level::available() {
                let what = format!("{rows} rows of {classes}, {reduction:?} on {level:?}");
                let cross_entropy = on(level, classes).reduction(reduction).ignore_index(IGNORED);
                let got = outcome(&cross_entropy, &logits, &targets);
                let error = super::error::<E>(got.loss, exact.loss);
                assert!(error <= ulps("loss of a batch"), "{what}: {} {error} ULP", got.loss);
                for (g, exact) in got.grad.iter().zip(&exact.grad) {
                    let error = super::error::<E>(g.to_f64(), *exact);
                    assert!(error <= ulps("gradient"), "{what}: gradient {g:?} {error} ULP");
                }
            }
        }
    }
}

/// Without rows, or with none but ignored ones, the mean is what was chosen; the
/// gradient is 0, and so are sums and losses.
fn empty_means<E: Number>() {
    for (rows, classes) in [(0, 1), (0, 3), (0, 40), (1, 1), (5, 3), (70, 3), (5, 40), (65, 101)] {
        let logits = vec![E::NAN; rows * classes];
        let targets = vec![IGNORED; rows];
        for level in Level::available() {
            let options = |reduction, empty| -> CrossEntropy<'static, E> {
                on(level, classes).ignore_index(IGNORED).reduction(reduction).empty_mean(empty)
            };
            let zero = |options: CrossEntropy<'_, E>, loss: f64| {
                let got = outcome(&options, &logits, &targets);
                assert_eq!(bits(got.loss), bits(loss), "{options:?}");
                let zeros = |x: &[E]| x.iter().all(|x| bits(*x) == 0);
                assert!(zeros(&got.grad) && zeros(&got.losses), "{options:?}: {got:?}");
            };
            for mean in [Reduction::Mean, Reduction::WeightedMean] {
                zero(options(mean, EmptyMean::Nan), f64::NAN);
                zero(options(mean, EmptyMean::Zero), 0.0);
                refused(&options(mean, EmptyMean::Error), &logits, &targets);
            }
            for empty in [EmptyMean::Nan, EmptyMean::Zero, EmptyMean::Error] {
                zero(options(Reduction::Sum, empty), 0.0);
                zero(options(Reduction::DivideBy(3.0), empty), 0.0);
            }
            zero(on(level, classes).ignore_index(IGNORED), f64::NAN);
        }
    }
}

/// Only what has a mean is refused, and writes nothing.
fn refused<E: Number>(options: &CrossEntropy<'_, E>, logits: &[E], targets: &[i64]) {
    let (mut grad, mut in_place) = (vec![E::ONE; logits.len()], logits.to_vec());
    assert_eq!(options.loss(logits, targets), Err(Error::EmptyMean));
    assert_eq!(options.loss_and_grad(logits, targets, &mut grad), Err(Error::EmptyMean));
    assert!(grad.iter().all(|g| *g == E::ONE), "{options:?}");
    assert_eq!(options.loss_and_grad_in_place(&mut in_place, targets), Err(Error::EmptyMean));
    assert_eq!(patterns(&in_place), patterns(logits), "{options:?}");
    let (mut losses, upstream) = (vec![E::ONE; targets.len()], vec![E::ONE; targets.len()]);
    assert_eq!(options.losses(logits, targets, &mut losses), Ok(()));
    assert!(losses.iter().all(|x| bits(*x) == 0), "{options:?}");
    assert_eq!(options.backward(logits, targets, &upstream, &mut grad), Ok(()));
    assert!(grad.iter().all(|g| bits(*g) == 0), "{options:?}");
}

/// The gradients of any split of a batch, divided by the batch's denominator, are
/// the batch's gradient to the bit; the losses add up.
fn micro_batches<E: Number>() {
    for (rows, classes) in [(70, 1), (70, 2), (200, 3), (131, 10), (70, 32), (70, 33), (20, 101)] {
        let (logits, targets) = ordinary::<E>(rows, classes);
        let targets = with_ignored(&targets);
        let counted = targets.iter().filter(|y| **y != IGNORED).count() as f64;
        for level in Level::available() {
            let options = |reduction| -> CrossEntropy<'static, E> {
                on(level, classes).ignore_index(IGNORED).reduction(reduction)
            };
            let whole = outcome(&options(Reduction::Mean), &logits, &targets);
            for size in [1, 7, 16, 64, 65] {
                let part = options(Reduction::DivideBy(counted));
                let (mut grad, mut loss) = (Vec::new(), 0.0);
                for (logits, targets) in logits.chunks(size * classes).zip(targets.chunks(size)) {
                    let got = outcome(&part, logits, targets);
                    grad.extend(got.grad);
                    loss += got.loss;
                }
                let what = format!("{rows} rows of {classes} by {size} on {level:?}");
                assert_eq!(patterns(&grad), patterns(&whole.grad), "{what}");
                // Each part divides, and is added, in f64.
                let additions = targets.len().div_ceil(size) as f64 * f64::EPSILON;
                let most = (tolerance::typical_sum(E::FORMAT) + additions) * whole.loss;
                assert!((loss - whole.loss).abs() <= most, "{what}: {loss}, {}", whole.loss);
            }
        }
    }
}

/// The same with class weights and ignored rows: parts that divide by the batch's
/// denominator give its gradient, and their sums merge to its mean.
fn parts_with_weights<E: Number>() {
    for (rows, classes) in [(131, 3), (70, 101)] {
        let (logits, targets) = ordinary::<E>(rows, classes);
        let targets = with_ignored(&targets);
        let weights: Vec<E> = (0..classes).map(|c| E::from_f64((c % 5) as f64 * 0.375)).collect();
        for level in Level::available() {
            let options = on::<E>(level, classes).class_weights(&weights).expect("weights");
            let options = options.ignore_index(IGNORED);
            let whole = outcome(&options, &logits, &targets);
            let read = |logits, targets| {
                options.evaluate(Logits::Read(logits), targets, Outputs::default()).expect("sums")
            };
            let all = read(&logits, &targets);
            assert_eq!(bits(all.mean()), bits(whole.loss), "{level:?}");
            for size in [1, 32, 45] {
                let part = options.reduction(Reduction::DivideBy(all.denominator()));
                let (mut grad, mut sum) = (Vec::new(), LossSum::default());
                for (logits, targets) in logits.chunks(size * classes).zip(targets.chunks(size)) {
                    grad.extend(outcome(&part, logits, targets).grad);
                    // As between machines: taken apart, and put together again.
                    let (numbers, counts) = read(logits, targets).to_parts();
                    sum += LossSum::from_parts(numbers, counts);
                }
                let what = format!("{rows} rows of {classes} by {size} on {level:?}");
                assert_eq!(patterns(&grad), patterns(&whole.grad), "{what}");
                assert_eq!((sum.rows(), sum.denominator()), (all.rows(), all.denominator()));
                let additions = targets.len().div_ceil(size) as f64 * f64::EPSILON;
                let most = (tolerance::typical_sum(E::FORMAT) + additions) * all.sum();
                assert!((sum.sum() - all.sum()).abs() <= most, "{what}: {sum:?}, {all:?}");
            }
        }
    }
}

/// `backward` multiplies each row's gradient by its factor, which nothing else
/// sees; for ignored rows not even NaN.
fn backward<E: Number>() {
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    for (rows, classes) in [(1, 1), (70, 2), (70, 3), (19, 10), (9, 31), (9, 32), (9, 33), (9, 101)]
    {
        let (logits, targets) = ordinary::<E>(rows, classes);
        let targets = with_ignored(&targets);
        let factors = [1.0, -1.0, 0.0, 0.3, -2.5, 1e-3, 1e3];
        for level in Level::available() {
            // The reduction is no part of what `losses` gives.
            let options = on::<E>(level, classes).ignore_index(IGNORED);
            let sum =
                outcome(&sum_on::<E>(level, classes).ignore_index(IGNORED), &logits, &targets);
            let run = |upstream: &[E]| {
                let mut grad = vec![E::NAN; logits.len()];
                options.backward(&logits, &targets, upstream, &mut grad).expect("backward");
                grad
            };
            let ones = run(&vec![E::ONE; rows]);
            assert_eq!(patterns(&ones), patterns(&sum.grad), "{classes} classes on {level:?}");

            for special in [E::NAN, E::INFINITY, E::ONE] {
                let factor = |r: usize| match targets[r] {
                    IGNORED => special,
                    _ => E::from_f64(factors[r % factors.len()]),
                };
                let upstream: Vec<E> = (0..rows).map(factor).collect();
                let grad = run(&upstream);
                for (r, grad) in grad.chunks(classes).enumerate() {
                    let what = format!("row {r} of {classes} classes on {level:?}");
                    if targets[r] == IGNORED {
                        assert!(grad.iter().all(|g| bits(*g) == 0), "{what}: {grad:?}");
                        continue;
                    }
                    let logits = &logits[r * classes..(r + 1) * classes];
                    let exact = super::row(logits, targets[r] as usize);
                    for (g, exact) in grad.iter().zip(&exact.grad) {
                        let exact = *exact * Double::from(upstream[r].to_f64());
                        let error = super::error::<E>(g.to_f64(), exact);
                        assert!(error <= ulps("gradient"), "{what}: {g:?} {error} ULP");
                    }
                }
            }

            let mut upstream = vec![E::ONE; rows];
            upstream[0] = E::NAN;
            let grad = run(&upstream);
            assert!(grad[..classes].iter().all(|g| g.is_nan()), "{classes} classes on {level:?}");
            assert_eq!(patterns(&grad[classes..]), patterns(&sum.grad[classes..]));
        }
    }
}

in_both_types! { reductions empty_means micro_batches parts_with_weights backward }
