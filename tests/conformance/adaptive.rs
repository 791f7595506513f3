//! Updates whose rates are each coordinate's own.

use super::case::Case;
use super::run::{Reasons, Run, data, on, unread, wide};
use gradstep::update::{Adagrad, Nadam, RmsProp};
use gradstep::{Element, Error, Level};

/// The parameters after every step, and state by its names after the last.
fn trajectory<E: Element, const N: usize>(
    case: &Case,
    names: [&'static str; N],
    mut step: impl FnMut(&mut [E], &[E], &mut [Vec<E>; N], u64) -> Result<(), Error>,
) -> Run {
    let mut run = Run::default();
    let mut w = data::<E>(case.input("params"));
    let grads = data::<E>(case.input("grads"));
    let start = E::from_f64(case.attribute("initial_accumulator_value").unwrap_or(0.0));
    let mut state = [(); N].map(|()| vec![start; w.len()]);
    let mut trajectory = Vec::new();
    for (g, t) in grads.chunks_exact(w.len()).zip(1..) {
        run.call("step", &mut w, |w| step(w, g, &mut state, t));
        trajectory.extend(wide(&w));
    }
    if run.refused.is_empty() {
        run.put("params", "step", trajectory);
        for (name, state) in names.into_iter().zip(&state) {
            run.put(name, "step", wide(state));
        }
    }
    run
}

pub(crate) fn adagrad<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes =
        ["lr", "lr_decay", "eps", "weight_decay", "initial_accumulator_value", "maximize"];
    let reasons = unread(case, &attributes, &["params", "grads"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    let update = Adagrad::new(field("lr"))
        .and_then(|u| u.learning_rate_decay(field("lr_decay"))?.eps(field("eps")))
        .and_then(|u| u.weight_decay(field("weight_decay")))
        .map(|u| if case.flag("maximize") { u.maximize() } else { u }.execution(on(level)));
    Ok(trajectory::<E, 1>(case, ["sum"], |w, g, [sum], t| update.clone()?.step(w, g, sum, t)))
}

/// ONNX: one step with the caller's sum; `T` counts from 0.
pub(crate) fn onnx_adagrad<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = &["decay_factor", "epsilon", "norm_coefficient"];
    let reasons = unread(case, attributes, &["R", "T", "X", "G", "H"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    let t = u64::try_from(case.input("T").indices()[0]).expect("a step number") + 1;
    let update = Adagrad::new(case.input("R").numbers()[0])
        .and_then(|u| u.learning_rate_decay(field("decay_factor"))?.eps(field("epsilon")))
        .and_then(|u| u.weight_decay(field("norm_coefficient")));
    let mut run = Run::default();
    if let Some(update) = run.made(update) {
        let [mut x, g, mut h] = ["X", "G", "H"].map(|key| data::<E>(case.input(key)));
        let update = update.execution(on(level));
        run.call("step", &mut x, |x| update.step(x, &g, &mut h, t));
        run.put("X_new", "step", wide(&x));
        run.put("H_new", "step", wide(&h));
    }
    Ok(run)
}

pub(crate) fn rms_prop<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = ["lr", "alpha", "eps", "momentum", "centered", "weight_decay", "maximize"];
    let reasons = unread(case, &attributes, &["params", "grads"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    let update = RmsProp::new(field("lr"))
        .and_then(|u| u.alpha(field("alpha"))?.eps(field("eps")))
        .and_then(|u| u.momentum(field("momentum"))?.weight_decay(field("weight_decay")))
        .map(|u| if case.flag("centered") { u.centered() } else { u })
        .map(|u| if case.flag("maximize") { u.maximize() } else { u }.execution(on(level)));
    let names = ["square_avg", "grad_avg", "momentum_buffer"];
    Ok(match (case.flag("centered"), field("momentum") != 0.0) {
        (false, false) => {
            trajectory::<E, 1>(case, [names[0]], |w, g, [v], _| update.clone()?.step(w, g, [v]))
        }
        (true, true) => trajectory::<E, 3>(case, names, |w, g, [v, mean, buffer], _| {
            update.clone()?.step(w, g, [v, mean, buffer])
        }),
        (centered, _) => {
            let names = [names[0], if centered { names[1] } else { names[2] }];
            trajectory::<E, 2>(case, names, |w, g, [v, other], _| {
                update.clone()?.step(w, g, [v, other])
            })
        }
    })
}

pub(crate) fn nadam<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = [
        "lr",
        "betas",
        "eps",
        "weight_decay",
        "momentum_decay",
        "decoupled_weight_decay",
        "maximize",
    ];
    let mut reasons = unread(case, &attributes, &["params", "grads"]);
    if size_of::<E>() == size_of::<f64>() {
        reasons.insert(super::tables::PRODUCT.to_owned());
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    let betas = case.attributes("betas").expect("averages");
    let update = Nadam::new(field("lr"))
        .and_then(|u| u.betas(betas[0], betas[1])?.eps(field("eps")))
        .and_then(|u| u.momentum_decay(field("momentum_decay")))
        .and_then(|u| u.weight_decay(field("weight_decay")))
        .map(|u| if case.flag("decoupled_weight_decay") { u.decoupled() } else { u })
        .map(|u| if case.flag("maximize") { u.maximize() } else { u }.execution(on(level)));
    let names = ["exp_avg", "exp_avg_sq"];
    Ok(trajectory::<E, 2>(case, names, |w, g, [m, v], t| update.clone()?.step(w, g, m, v, t)))
}
