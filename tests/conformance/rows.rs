//! Rows of classes: cross-entropy and the softmax family.

use super::case::{Case, Tensor};
use super::losses::methods;
use super::run::{Got, Reasons, Run, data, on, unread, wide};
use gradstep::loss::{AnyTarget, CrossEntropy};
use gradstep::{Element, Level, LogSoftmax, LogSumExp, Reduction, Softmax};

/// More classes than the kernel takes for few: the cases have 7 at most.
const MANY: usize = 100;

/// Rows of a case with masked classes behind theirs.
fn pad<E: Element>(rows: &[E], classes: usize, fill: E) -> Vec<E> {
    let mut padded = vec![fill; rows.len() / classes * MANY];
    for (padded, row) in padded.chunks_mut(MANY).zip(rows.chunks(classes)) {
        padded[..classes].copy_from_slice(row);
    }
    padded
}

/// The loss on rows of logits; once more with masked classes, which change nothing,
/// behind those of the case, unless a smoothing gives them a share.
fn rows<E: Element, T: AnyTarget<E>>(
    case: &Case,
    level: Level,
    (logits, classes): (&[E], usize),
    (targets, padded): (&[T], &[T]),
    weights: Option<&[E]>,
) -> Run {
    let mut run = width(case, level, logits, classes, targets, weights);
    if case.refused || case.attribute("label_smoothing").is_some_and(|x| x != 0.0) {
        return run;
    }
    let wide_weights = weights.map(|weights| pad(weights, classes, E::ONE));
    let logits = pad(logits, classes, -E::INFINITY);
    let many = width(case, level, &logits, MANY, padded, wide_weights.as_deref());
    run.refused.extend(many.refused);
    run.broken.extend(many.broken);
    for got in many.got {
        let Got { output, method, data } = got;
        if !output.starts_with("grad") {
            run.put(output, method, data);
            continue;
        }
        let mut grad = Vec::new();
        for row in data.chunks(MANY) {
            let (row, masked) = row.split_at(classes);
            let nan = row.iter().any(|x| x.is_nan());
            if masked.iter().any(|x| *x != 0.0 && !(nan && x.is_nan())) {
                run.broken.push(format!("{output} by {method} at masked classes"));
            }
            grad.extend(row);
        }
        run.put(output, method, grad);
    }
    run
}

fn width<E: Element, T: AnyTarget<E>>(
    case: &Case,
    level: Level,
    logits: &[E],
    classes: usize,
    targets: &[T],
    weights: Option<&[E]>,
) -> Run {
    let mut run = Run::default();
    let loss = CrossEntropy::<E>::new(classes)
        .and_then(|loss| loss.label_smoothing(case.attribute("label_smoothing").unwrap_or(0.0)))
        .and_then(|loss| match weights {
            Some(weights) => loss.class_weights(weights),
            None => Ok(loss),
        });
    let Some(loss) = run.made(loss) else { return run };
    let loss = loss.execution(on(level));
    let loss = match case.integer("ignore_index") {
        Some(index) => loss.ignore_index(index),
        None => loss,
    };
    methods!(&mut run, loss, logits, targets, logits.len() / classes, Reduction::Mean, 0.0);
    run
}

fn by_class<E: Element>(
    case: &Case,
    level: Level,
    [logits, targets, weights]: [&str; 3],
) -> Result<Run, Reasons> {
    let attributes = &["ignore_index", "label_smoothing", "target", "reduction"];
    let mut reasons = unread(case, attributes, &[logits, targets, weights]);
    if case.input(logits).shape.len() != 2 {
        reasons.insert("axes after the classes".to_owned());
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let weights = case.inputs.get(weights).map(data::<E>);
    let (logits, targets) = (case.input(logits), case.input(targets).indices());
    let classes = logits.last_axis();
    let logits = (&data::<E>(logits)[..], classes);
    Ok(rows(case, level, logits, (&targets, &targets), weights.as_deref()))
}

pub(crate) fn cross_entropy<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    by_class::<E>(case, level, ["input", "target", "weight"])
}

pub(crate) fn cross_entropy_prob<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let reasons = unread(case, &["label_smoothing"], &["input", "target", "weight"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let weights = case.inputs.get("weight").map(data::<E>);
    let (logits, targets) = (case.input("input"), data::<E>(case.input("target")));
    let classes = logits.last_axis();
    let padded = pad(&targets, classes, E::ZERO);
    let logits = (&data::<E>(logits)[..], classes);
    Ok(rows(case, level, logits, (&targets, &padded), weights.as_deref()))
}

/// ONNX: one reduction, and optionally the log-probabilities.
pub(crate) fn softmax_cross_entropy_loss<E: Element>(
    case: &Case,
    level: Level,
) -> Result<Run, Reasons> {
    let mut run = by_class::<E>(case, level, ["x", "y", "w"])?;
    let wanted = match case.text("reduction") {
        Some("none") => "loss_none",
        Some("sum") => "loss_sum",
        Some("mean") | None => "loss_mean",
        Some(other) => panic!("unknown reduction {other}"),
    };
    run.got.retain(|got| got.output == wanted);
    for got in &mut run.got {
        got.output = "z";
    }
    let x = case.input("x");
    over_rows::<E>(&mut run, "log_prob", x, |x, classes, out| {
        LogSoftmax::new(classes)?.execution(on(level)).apply_into(x, out)
    });
    Ok(run)
}

/// What a method writes of rows.
fn over_rows<E: Element>(
    run: &mut Run,
    output: &'static str,
    x: &Tensor,
    call: impl Fn(&[E], usize, &mut [E]) -> Result<(), gradstep::Error>,
) -> Vec<E> {
    let (x, classes) = (data::<E>(x), x.last_axis());
    let mut out = vec![E::NAN; x.len()];
    if run.call("apply_into", &mut out, |out| call(&x, classes, out)).is_some() {
        run.put(output, "apply_into", wide(&out));
    }
    out
}

/// A function over rows with its backward.
pub(crate) fn softmax<E: Element>(
    case: &Case,
    level: Level,
    logarithm: bool,
) -> Result<Run, Reasons> {
    let reasons = unread(case, &[], &["x", "input", "grad_output"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let x = case.inputs.get("x").unwrap_or_else(|| case.input("input"));
    let mut run = Run::default();
    let classes = x.last_axis();
    let (Some(plain), Some(log)) =
        (run.made(Softmax::new(classes)), run.made(LogSoftmax::new(classes)))
    else {
        return Ok(run);
    };
    let (plain, log) = (plain.execution(on(level)), log.execution(on(level)));
    let y = over_rows::<E>(&mut run, "y", x, |x, _, out| {
        if logarithm { log.apply_into(x, out) } else { plain.apply_into(x, out) }
    });
    let mut place = data::<E>(x);
    let call = |place: &mut [E]| {
        if logarithm { log.apply(place) } else { plain.apply(place) }
    };
    run.call("apply", &mut place, call);
    run.same("in and out of place", &y, &place);
    if let Some(upstream) = case.inputs.get("grad_output") {
        let (upstream, mut grad) = (data::<E>(upstream), vec![E::NAN; y.len()]);
        let call = |grad: &mut [E]| {
            if logarithm {
                log.backward(&y, &upstream, grad)
            } else {
                plain.backward(&y, &upstream, grad)
            }
        };
        if run.call("backward", &mut grad, call).is_some() {
            run.put("grad_input", "backward", wide(&grad));
        }
    }
    Ok(run)
}

pub(crate) fn logsumexp<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let reasons = unread(case, &[], &["x", "input", "grad_output"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let x = case.inputs.get("x").unwrap_or_else(|| case.input("input"));
    let (x, classes) = (data::<E>(x), x.last_axis());
    let mut run = Run::default();
    let mut out = vec![E::NAN; x.len() / classes];
    let Some(of) = run.made(LogSumExp::new(classes)) else { return Ok(run) };
    let of = of.execution(on(level));
    let call = |out: &mut [E]| of.apply_into(&x, out);
    if run.call("apply_into", &mut out, call).is_some() {
        run.put("y", "apply_into", wide(&out));
    }
    if let Some(upstream) = case.inputs.get("grad_output") {
        let (upstream, mut grad) = (data::<E>(upstream), vec![E::NAN; x.len()]);
        let call = |grad: &mut [E]| of.backward(&x, &upstream, grad);
        if run.call("backward", &mut grad, call).is_some() {
            run.put("grad_input", "backward", wide(&grad));
        }
    }
    Ok(run)
}

/// ONNX: over the middle one of three axes.
pub(crate) fn reduce_logsumexp<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let mut reasons = unread(case, &["keepdims"], &["data", "axes"]);
    let x = case.input("data");
    let [outer, reduced, inner] = x.shape[..] else {
        return Err(["other than three axes".to_owned()].into());
    };
    if case.input("axes").indices() != [1] {
        reasons.insert("another axis".to_owned());
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let x = data::<E>(x);
    let place = |row: usize, c: usize| (row / inner * reduced + c) * inner + row % inner;
    let rows = outer * inner;
    let x: Vec<E> = (0..rows * reduced).map(|i| x[place(i / reduced, i % reduced)]).collect();
    let mut run = Run::default();
    let mut out = vec![E::NAN; rows];
    let Some(of) = run.made(LogSumExp::new(reduced)) else { return Ok(run) };
    let call = |out: &mut [E]| of.execution(on(level)).apply_into(&x, out);
    if run.call("apply_into", &mut out, call).is_some() {
        run.put("reduced", "apply_into", wide(&out));
    }
    Ok(run)
}
