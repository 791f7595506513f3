//! Operators of groups and boxes, penalties, and fits by proximal steps.

use super::case::Case;
use super::run::{Reasons, Run, data, on, unread, wide};
use gradstep::penalty::{GroupPenalty, Penalty};
use gradstep::prox::{BoxConstraint, GroupSoftThreshold, NonnegativeSoftThreshold, SoftThreshold};
use gradstep::update::ClipGradNorm;
use gradstep::{Element, Groups, Level};

fn known(case: &Case, attributes: &[&str], inputs: &[&str]) -> Result<Run, Reasons> {
    let reasons = unread(case, attributes, inputs);
    if reasons.is_empty() { Ok(Run::default()) } else { Err(reasons) }
}

fn strength(case: &Case) -> f64 {
    case.attribute("lambda").expect("a strength")
}

pub(crate) fn nonnegative<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &["lambda"], &["x"])?;
    let mut y = data::<E>(case.input("x"));
    let prox = NonnegativeSoftThreshold::new(strength(case));
    if let Some(prox) = run.made(prox) {
        prox.execution(on(level)).apply(&mut y).unwrap();
        run.put("y", "apply", wide(&y));
    }
    Ok(run)
}

/// ONNX: a bound that is missing is infinite.
pub(crate) fn clamp<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &[], &["x", "min", "max"])?;
    let bound = |key: &str| case.inputs.get(key).map(|bound| data::<E>(bound)[0]);
    let low = bound("min").unwrap_or(-E::INFINITY);
    let mut y = data::<E>(case.input("x"));
    if let Some(prox) =
        run.made(BoxConstraint::new(low.to_f64(), bound("max").map_or(f64::INFINITY, E::to_f64)))
    {
        prox.execution(on(level)).apply(&mut y).unwrap();
        run.put("y", "apply", wide(&y));
    }
    Ok(run)
}

/// The whole input is one group, or each of its rows.
pub(crate) fn groups<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &["lambda"], &["x"])?;
    let input = case.input("x");
    let length = if case.op.ends_with("rows") { input.last_axis() } else { input.len() };
    let x = data::<E>(input);
    let offsets: Vec<usize> = (0..=x.len()).step_by(length.max(1)).collect();
    let lambda = E::from_f64(strength(case));
    for (name, groups) in
        [("of_length", Groups::of_length(length.max(1))), ("offsets", Groups::by_offsets(&offsets))]
    {
        let soft = groups.and_then(|groups| GroupSoftThreshold::new(lambda.to_f64(), groups));
        if let Some(soft) = run.made(soft) {
            let mut y = x.clone();
            if run.call(name, &mut y, |y| soft.execution(on(level)).apply(y)).is_some() {
                run.put("y", name, wide(&y));
            }
        }
    }
    let groups = Groups::of_length(length.max(1));
    let penalty = groups.and_then(|groups| GroupPenalty::new(1.0, groups));
    if let Some(penalty) = run.made(penalty) {
        // One norm of each group.
        let norms = x.chunks(length.max(1)).map(|group| penalty.execution(on(level)).value(group));
        match norms.collect::<Result<Vec<_>, _>>() {
            Ok(norms) => run.put("norm", "GroupPenalty", norms),
            Err(error) => run.refused.push(("norm", error.to_string())),
        }
    }
    Ok(run)
}

/// `loss_sum` and `grad_sum`; `l2_penalty` has no half in it.
pub(crate) fn penalty<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &["lambda"], &["input"])?;
    let (w, lambda) = (data::<E>(case.input("input")), strength(case));
    let mut grad = vec![E::ZERO; w.len()];
    let value = if case.op == "l2_norm" {
        let groups = Groups::of_length(w.len().max(1));
        let penalty = groups.and_then(|groups| GroupPenalty::new(lambda, groups));
        run.made(penalty).and_then(|penalty| {
            run.call("add_grad", &mut grad, |grad| penalty.execution(on(level)).add_grad(&w, grad))
        })
    } else {
        let penalty = match case.op.as_str() {
            "l1_penalty" => Penalty::new().l1(lambda),
            "l2_penalty" => Penalty::new().l2(2.0 * lambda),
            _ => Penalty::new().l2(lambda),
        };
        run.made(penalty).and_then(|penalty| {
            run.call("add_grad", &mut grad, |grad| penalty.execution(on(level)).add_grad(&w, grad))
        })
    };
    if let Some(value) = value {
        run.put("loss_sum", "add_grad", vec![E::from_f64(value).to_f64()]);
        run.put("grad_sum", "add_grad", wide(&grad));
    }
    Ok(run)
}

/// ONNX, over all axes.
pub(crate) fn reduce<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &["keepdims"], &["data", "axes"])?;
    let x = data::<E>(case.input("data"));
    if case.op == "ReduceL1" {
        if let Some(penalty) = run.made(Penalty::new().l1(1.0)) {
            run.put("reduced", "Penalty", vec![penalty.execution(on(level)).value(&x)]);
        }
    } else if let Some(clip) = run.made(ClipGradNorm::new(1.0)) {
        run.put("reduced", "ClipGradNorm", vec![clip.execution(on(level)).measure(&x).norm]);
    }
    Ok(run)
}

/// `||Y - X W - b||^2 / (2 n)` and a penalty of `alpha`, on each weight or on the rows of
/// `W`, by proximal gradient descent.
pub(crate) fn fit<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut run = known(case, &["alpha", "fit_intercept"], &["X", "y"])?;
    let intercept = !case.has_attribute("fit_intercept") || case.flag("fit_intercept");
    let (x, y) = (case.input("X"), case.input("y"));
    let (features, tasks) = (x.last_axis(), y.len() / x.shape[0]);
    let n = x.shape[0] as f64;
    let centred = |values: Vec<f64>, columns: usize| {
        let mean = |c: usize| values.iter().skip(c).step_by(columns).sum::<f64>() / n;
        let means: Vec<f64> = (0..columns).map(|c| if intercept { mean(c) } else { 0.0 }).collect();
        let less = values.iter().zip(means.iter().cycle()).map(|(x, mean)| x - mean);
        (less.collect::<Vec<f64>>(), means)
    };
    let ((x, x_means), (y, y_means)) =
        (centred(x.numbers(), features), centred(y.numbers(), tasks));
    // The largest eigenvalue of X^T X is at most its trace.
    let rate = n / x.iter().map(|x| x * x).sum::<f64>();
    let threshold = E::from_f64(rate * case.attribute("alpha").expect("a strength"));
    let groups = Groups::of_length(tasks).expect("a task");
    let rows = run.made(GroupSoftThreshold::new(threshold.to_f64(), groups));
    let each = run.made(SoftThreshold::new(threshold.to_f64()));
    let (Some(rows), Some(each)) = (rows, each) else { return Ok(run) };
    let mut w = vec![E::ZERO; features * tasks];
    for _ in 0..1000 {
        let mut residual = y.clone();
        for (row, r) in x.chunks(features).zip(residual.chunks_mut(tasks)) {
            for (x, w) in row.iter().zip(w.chunks(tasks)) {
                r.iter_mut().zip(w).for_each(|(r, w)| *r -= x * w.to_f64());
            }
        }
        for (row, r) in x.chunks(features).zip(residual.chunks(tasks)) {
            for (x, w) in row.iter().zip(w.chunks_mut(tasks)) {
                w.iter_mut().zip(r).for_each(|(w, r)| *w = *w + E::from_f64(rate / n * x * r));
            }
        }
        if case.op == "lasso" {
            each.execution(on(level)).apply(&mut w).unwrap();
        } else {
            run.call("apply", &mut w, |w| rows.execution(on(level)).apply(w));
        }
    }
    let predicted = |task: usize| -> f64 {
        let column = w.iter().skip(task).step_by(tasks);
        column.zip(&x_means).map(|(w, mean)| w.to_f64() * mean).sum()
    };
    let intercepts = (0..tasks).map(|task| y_means[task] - predicted(task)).collect();
    run.put("coef", "apply", wide(&w));
    run.put("intercept", "apply", intercepts);
    Ok(run)
}
