//! Pointwise losses and cross-entropy.

use super::case::Case;
use super::run::{Got, Reasons, Run, data, on, unread, wide};
use gradstep::loss::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Huber, L1, Mse, SmoothL1,
};
use gradstep::{Element, Level, Reduction};

/// All five methods of a loss; a macro because the crate has no trait for
/// losses of different arguments.
macro_rules! methods {
    ($run:expr, $loss:expr, $input:expr, $target:expr, $rows:expr, $mean:expr, $of:expr) => {{
        let (run, input, target): (&mut Run, &[E], _) = ($run, $input, $target);
        let blank = |n: usize| vec![E::NAN; n];
        let mut reductions =
            vec![(Reduction::Sum, "loss_sum", "grad_sum"), ($mean, "loss_mean", "grad_mean")];
        if $of > 0.0 {
            reductions.push((Reduction::DivideBy($of), "loss_mean", "grad_mean"));
        }
        for (reduction, loss_name, grad_name) in reductions {
            let loss = $loss.clone().reduction(reduction);
            if let Some(value) = run.call::<E, _, _>("loss", &mut [], |_| loss.loss(input, target))
            {
                run.put(loss_name, "loss", vec![value]);
            }
            let mut grad = blank(input.len());
            let call = |grad: &mut [E]| loss.loss_and_grad(input, target, grad);
            if let Some(value) = run.call("loss_and_grad", &mut grad, call) {
                run.put(loss_name, "loss_and_grad", vec![value]);
                run.put(grad_name, "loss_and_grad", wide(&grad));
            }
            let mut place = input.to_vec();
            let call = |place: &mut [E]| loss.loss_and_grad_in_place(place, target);
            if let Some(value) = run.call("loss_and_grad_in_place", &mut place, call) {
                run.put(loss_name, "loss_and_grad_in_place", vec![value]);
                run.put(grad_name, "loss_and_grad_in_place", wide(&place));
                run.same("gradients in and out of place", &grad, &place);
            }
        }
        let mut losses = blank($rows);
        let call = |losses: &mut [E]| $loss.losses(input, target, losses);
        if run.call("losses", &mut losses, call).is_some() {
            run.put("loss_none", "losses", wide(&losses));
        }
        let (mut grad, ones) = (blank(input.len()), vec![E::ONE; $rows]);
        let call = |grad: &mut [E]| $loss.backward(input, target, &ones, grad);
        if run.call("backward", &mut grad, call).is_some() {
            run.put("grad_sum", "backward", wide(&grad));
        }
    }};
}

/// Runs a pointwise loss whose constructor gives a `Result`.
macro_rules! pointwise {
    ($case:expr, $level:expr, $attributes:expr, $inputs:expr, $loss:expr) => {{
        let case: &Case = $case;
        let reasons = unread(case, $attributes, $inputs);
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let mut run = Run::default();
        if let Some(loss) = run.made($loss) {
            let loss = loss.execution(on($level));
            let (input, target) = (data::<E>(case.input("input")), data::<E>(case.input("target")));
            let weights = weights::<E>(case);
            let loss = match &weights {
                Some(weights) => loss.weights(weights),
                None => loss,
            };
            // What torch divides by depends on the loss.
            let (mean, of) = match &weights {
                Some(weights) if case.flag("weighted") => {
                    (Reduction::WeightedMean, wide(weights).iter().sum())
                }
                _ => (Reduction::Mean, input.len() as f64),
            };
            methods!(&mut run, loss, &input, &target[..], input.len(), mean, of);
        }
        Ok(run)
    }};
}

fn weights<E: Element>(case: &Case) -> Option<Vec<E>> {
    if case.op == "half_mse_loss" {
        return Some(vec![E::HALF; case.input("input").len()]);
    }
    case.inputs.get("weight").map(data)
}

/// An error type for losses whose constructor can't fail.
type Sure<T> = Result<T, gradstep::Error>;

const DATA: &[&str] = &["input", "target", "weight"];

pub(crate) fn mse<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    pointwise!(case, level, &[], DATA, Sure::Ok(Mse::new()))
}

pub(crate) fn l1<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    pointwise!(case, level, &[], DATA, Sure::Ok(L1::new()))
}

pub(crate) fn smooth_l1<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let beta = E::from_f64(case.attribute("beta").unwrap_or(1.0));
    pointwise!(case, level, &["beta"], DATA, SmoothL1::new(beta))
}

pub(crate) fn huber<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let delta = E::from_f64(case.attribute("delta").unwrap_or(1.0));
    pointwise!(case, level, &["delta"], DATA, Huber::new(delta))
}

pub(crate) fn bce<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    pointwise!(case, level, &[], DATA, Sure::Ok(BinaryCrossEntropy::new()))
}

pub(crate) fn bce_with_logits<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let tensor = case.inputs.get("pos_weight");
    if tensor.is_some_and(|tensor| tensor.len() != 1) {
        return Err(["pos_weight of several numbers".to_owned()].into());
    }
    let scalar = tensor.map(|tensor| tensor.numbers()[0]).or(case.attribute("pos_weight"));
    let inputs = &[DATA, &["pos_weight"]].concat();
    let loss = BinaryCrossEntropyWithLogits::new();
    let loss = match scalar {
        Some(scalar) => loss.pos_weight(E::from_f64(scalar)),
        None => Ok(loss),
    };
    pointwise!(case, level, &["pos_weight"], inputs, loss)
}

/// More classes than the kernel takes for few: the cases have 7 at most.
const MANY: usize = 100;

/// The loss on rows of logits, given the names of its arguments; once more with
/// masked classes, which change nothing, behind those of the case.
fn rows<E: Element>(case: &Case, level: Level, logits: &str, targets: &str) -> Run {
    let (logits, targets) = (case.input(logits), case.input(targets).indices());
    let classes = logits.last_axis();
    let logits = data::<E>(logits);
    let mut run = width::<E>(case, level, &logits, &targets, classes);
    if case.refused {
        return run;
    }
    let mut padded = vec![-E::INFINITY; targets.len() * MANY];
    for (padded, row) in padded.chunks_mut(MANY).zip(logits.chunks(classes)) {
        padded[..classes].copy_from_slice(row);
    }
    let many = width::<E>(case, level, &padded, &targets, MANY);
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

fn width<E: Element>(
    case: &Case,
    level: Level,
    logits: &[E],
    targets: &[i64],
    classes: usize,
) -> Run {
    let mut run = Run::default();
    let ignored = case.integer("ignore_index");
    let kept = targets.iter().filter(|target| Some(**target) != ignored).count();
    if let Some(loss) = run.made(CrossEntropy::<E>::new(classes)) {
        let loss = loss.execution(on(level));
        let loss = match ignored {
            Some(index) => loss.ignore_index(index),
            None => loss,
        };
        methods!(&mut run, loss, logits, targets, targets.len(), Reduction::Mean, kept as f64);
    }
    run
}

fn unread_rows(case: &Case, logits: &str, targets: &str, weights: &str) -> Reasons {
    let attributes = &["ignore_index", "label_smoothing", "target", "reduction"];
    let mut reasons = unread(case, attributes, &[logits, targets, weights]);
    if case.attribute("label_smoothing").is_some_and(|x| x != 0.0) {
        reasons.insert("label smoothing".to_owned());
    }
    if case.inputs.contains_key(weights) {
        reasons.insert("class weights".to_owned());
    }
    if case.input(logits).shape.len() != 2 {
        reasons.insert("axes after the classes".to_owned());
    }
    reasons
}

pub(crate) fn cross_entropy<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let reasons = unread_rows(case, "input", "target", "weight");
    if !reasons.is_empty() {
        return Err(reasons);
    }
    Ok(rows::<E>(case, level, "input", "target"))
}

/// ONNX: one reduction, and optionally the log-probabilities.
pub(crate) fn softmax_cross_entropy_loss<E: Element>(
    case: &Case,
    level: Level,
) -> Result<Run, Reasons> {
    let reasons = unread_rows(case, "x", "y", "w");
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut run = rows::<E>(case, level, "x", "y");
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
    run.lack("log_prob");
    Ok(run)
}
