//! Pointwise losses.

use super::case::Case;
use super::run::{Reasons, Run, data, on, unread, wide};
use gradstep::loss::{BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Huber, L1, Mse, SmoothL1};
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

pub(super) use methods;

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
    pointwise!(case, level, &["beta"], DATA, SmoothL1::new(beta.to_f64()))
}

pub(crate) fn huber<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let delta = E::from_f64(case.attribute("delta").unwrap_or(1.0));
    pointwise!(case, level, &["delta"], DATA, Huber::new(delta.to_f64()))
}

pub(crate) fn bce<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    pointwise!(case, level, &[], DATA, Sure::Ok(BinaryCrossEntropy::new()))
}

pub(crate) fn bce_with_logits<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let tensor = case.inputs.get("pos_weight");
    let several = tensor.filter(|tensor| tensor.len() != 1).map(data::<E>);
    let scalar = tensor.map(|tensor| tensor.numbers()[0]).or(case.attribute("pos_weight"));
    let inputs = &[DATA, &["pos_weight"]].concat();
    let loss = BinaryCrossEntropyWithLogits::new();
    let loss = match (&several, scalar) {
        (Some(columns), _) => loss.pos_weights(columns),
        (None, Some(scalar)) => loss.pos_weight(scalar),
        (None, None) => Ok(loss),
    };
    pointwise!(case, level, &["pos_weight"], inputs, loss)
}
