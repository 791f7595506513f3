//! Rows of any length and any stride, with every option.

use super::{Case, checked};
use crate::numbers::Number;
use gradstep::loss::{AnyTarget, CrossEntropy, Logits, Outputs};
use gradstep::{EmptyMean, LogSoftmax, LogSumExp, Reduction, Softmax};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// Mostly small, at times 0 or anything.
fn count<E: Number>(case: &mut Case<E>) -> usize {
    match case.random.below(16) {
        0 => case.random.bits() as usize,
        1 => 0,
        _ => 1 + case.random.below(9),
    }
}

pub(super) fn softmax<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let classes = count(case);
    let (plain, logarithm) = (Softmax::new(classes).ok(), LogSoftmax::new(classes).ok());
    prop_assert_eq!(plain.is_some() && logarithm.is_some(), classes > 0);
    // Often of the length that fits.
    let whole = |x: &[E]| x.len() / classes.max(1) * classes;
    if case.random.below(8) > 0 {
        let n = whole(&case.slices[0]);
        case.slices.iter_mut().for_each(|slice| slice.truncate(n));
    }
    let Case { slices: [x, u, out, ..], execution, .. } = case;
    let fits = classes > 0 && whole(x) == x.len();
    let same = fits && out.len() == x.len();
    let both = same && u.len() == x.len();
    if let Some(softmax) = plain.map(|softmax| softmax.execution(*execution)) {
        checked(out, same, |out| softmax.apply_into(x, out))?;
        checked(x, fits, |x| softmax.apply(x))?;
        checked(out, both, |grad| softmax.backward(x, u, grad))?;
    }
    if let Some(softmax) = logarithm.map(|softmax| softmax.execution(*execution)) {
        checked(out, same, |out| softmax.apply_into(x, out))?;
        checked(x, fits, |x| softmax.apply(x))?;
        checked(out, both, |grad| softmax.backward(x, u, grad))?;
    }
    let rows = if case.random.below(8) == 0 { u.len() } else { x.len() / classes.max(1) };
    let upstream: Vec<E> = u.iter().copied().cycle().take(rows.min(u.len() * 64)).collect();
    let fits = classes > 0 && upstream.len().checked_mul(classes) == Some(x.len());
    checked(out, fits && out.len() == x.len(), |grad| {
        LogSumExp::new(classes)?.backward(x, &upstream, grad)
    })
}

/// Classes, or probabilities.
pub(super) fn options<E: Number + AnyTarget<E>>(case: &mut Case<E>) -> TestCaseResult {
    let classes = 1 + case.random.below(6);
    if case.random.below(2) == 0 {
        let wild = case.random.below(8) == 0;
        let most = if wild { 7 } else { classes };
        let targets: Vec<u8> =
            case.slices[0].iter().map(|_| case.random.below(most) as u8).collect();
        let known = |targets: &[u8]| targets.iter().all(|y| usize::from(*y) < classes);
        of_targets(case, classes, 1, &targets, known)
    } else {
        let targets = case.slices[4].iter().copied().cycle().take(40 * classes).collect::<Vec<_>>();
        of_targets(case, classes, classes, &targets, |_| true)
    }
}

/// Targets of `width` to a row.
fn of_targets<E: Number, T: AnyTarget<E>>(
    case: &mut Case<E>,
    classes: usize,
    width: usize,
    targets: &[T],
    known: impl Fn(&[T]) -> bool,
) -> TestCaseResult {
    let mut options = CrossEntropy::<E>::new(classes).expect("not 0").execution(case.execution);
    let reduction = case.reduction();
    options = options.reduction(reduction).empty_mean(EmptyMean::Zero);
    let [smoothing, z_loss] = std::array::from_fn(|_| case.strength());
    let strides = [(); 2].map(|()| match case.random.below(16) {
        0 => case.random.bits() as usize,
        _ => classes + case.random.below(4),
    });
    let smooth = options.label_smoothing(smoothing);
    prop_assert_eq!(smooth.is_ok(), (0.0..=1.0).contains(&smoothing));
    options = smooth.unwrap_or(options);
    let penalised = options.z_loss(z_loss);
    prop_assert_eq!(penalised.is_ok(), (0.0..f64::INFINITY).contains(&z_loss));
    options = penalised.unwrap_or(options);
    for (k, stride) in strides.into_iter().enumerate() {
        let spread = [CrossEntropy::logits_stride, CrossEntropy::grad_stride][k](options, stride);
        prop_assert_eq!(spread.is_ok(), stride >= classes);
        options = spread.unwrap_or(options);
    }
    let [stride, grad_stride] = strides.map(|stride| stride.max(classes));
    let [x, weights, out, ..] = &case.slices;
    let weighted = options.class_weights(weights);
    let allowed = |w: &E| *w >= E::ZERO && w.finite();
    let fits = weights.len() == classes && weights.iter().all(allowed);
    prop_assert_eq!(weighted.is_ok(), fits);
    options = weighted.unwrap_or(options);

    // From the last row's last class to the end of its stride.
    let holds = |rows: usize, stride: usize, len: usize| {
        let most = rows.checked_mul(stride);
        most.is_some_and(|most| len <= most && (rows == 0 || len >= most - stride + classes))
    };
    let rows = x.len() / stride + usize::from(x.len() % stride >= classes);
    let rows = if case.random.below(8) == 0 { case.random.below(9) } else { rows };
    let targets = &targets[..(rows * width).min(targets.len())];
    let rows = targets.len() / width;
    let n = rows.checked_mul(grad_stride).filter(|n| *n < 4096);
    let fitting = vec![E::HALF; n.unwrap_or_default()];
    let grad = if case.random.below(4) == 0 { out } else { &fitting };
    let losses = vec![E::HALF; if case.random.below(4) == 0 { rows + 1 } else { rows }];

    // A sum of weights that are huge.
    let weight =
        if fits { weights.iter().map(|w| w.to_f64()).sum::<f64>() * rows as f64 } else { 1.0 };
    if !weight.is_finite() {
        return Ok(());
    }
    let divides = !matches!(reduction, Reduction::DivideBy(d) if !(d > 0.0 && d.is_finite() && d.recip().is_finite()));
    let accepted = divides && holds(rows, stride, x.len()) && known(targets);
    let writes = accepted && holds(rows, grad_stride, grad.len());
    let of_rows = losses.len() == rows;
    checked(&[], accepted, |_: &mut [E]| options.loss(x, targets))?;
    checked(grad, writes, |grad| options.loss_and_grad(x, targets, grad))?;
    checked(x, accepted, |x| options.loss_and_grad_in_place(x, targets))?;
    checked(&losses, accepted && of_rows, |out| options.losses(x, targets, out))?;
    checked(grad, writes && of_rows, |grad| options.backward(x, targets, &losses, grad))?;
    checked(&losses, accepted && of_rows, |losses| {
        let outputs = Outputs { losses: Some(losses), ..Outputs::default() };
        options.evaluate(Logits::Read(x), targets, outputs)
    })?;
    let mut logsumexp = losses.clone();
    checked(grad, writes && of_rows, |grad| {
        let logsumexp = Some(&mut logsumexp[..]);
        let outputs = Outputs { losses: None, logsumexp, count_correct: true };
        options.evaluate(Logits::Grad(x, grad), targets, outputs)
    })?;
    let unwritten = logsumexp.iter().zip(&losses).all(|(a, b)| a.bits() == b.bits());
    prop_assert!(writes && of_rows || unwritten, "logsumexp written");
    Ok(())
}
