//! Proximal operators, updates and functions.

use super::case::Case;
use super::math::map;
use super::run::{Reasons, Run, data, on, unread, wide};
use gradstep::activation::{Activation, Sigmoid, Softplus, Tanh};
use gradstep::kernels::ops::activation::Activation as Formula;
use gradstep::prox::{ElasticNet, SoftThreshold, WeightedSoftThreshold, soft_threshold};
use gradstep::update::{ProxSgd, Sgd, SgdMomentum};
use gradstep::{Element, Level};

/// `y`, and `grad_input` where there is a `grad_output`.
pub(crate) fn soft<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let reasons = unread(case, &["lambd", "lambda", "bias"], &["input", "x", "grad_output"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let lambda = case.attribute("lambd").or(case.attribute("lambda"));
    let lambda = lambda.unwrap_or(0.5);
    if case.has_attribute("bias") && case.attribute("bias") != Some(lambda) {
        return Err(["bias other than the threshold".to_owned()].into());
    }
    let lambda = E::from_f64(lambda);
    let x = case.inputs.get("input").unwrap_or_else(|| case.input("x"));
    let x = data::<E>(x);
    let mut run = Run::default();

    let mut y = x.clone();
    if run.call("soft_threshold", &mut y, |y| soft_threshold(y, lambda.to_f64())).is_some() {
        run.put("y", "soft_threshold", wide(&y));
    }
    let lambdas = vec![lambda; x.len()];
    let upstream = case.inputs.get("grad_output").map(data::<E>);
    macro_rules! methods {
        ($name:literal, $operator:expr) => {
            if let Some(operator) = run.made($operator) {
                let operator = operator.execution(on(level));
                let mut place = x.clone();
                if run.call($name, &mut place, |y| operator.apply(y)).is_some() {
                    run.put("y", $name, wide(&place));
                }
                let mut out = vec![E::NAN; x.len()];
                if run.call($name, &mut out, |y| operator.apply_into(&x, y)).is_some() {
                    run.put("y", $name, wide(&out));
                    run.same("results in and out of place", &place, &out);
                }
                if let Some(upstream) = &upstream {
                    let mut grad = vec![E::NAN; x.len()];
                    let call = |grad: &mut [E]| operator.backward(&x, upstream, grad);
                    if run.call($name, &mut grad, call).is_some() {
                        run.put("grad_input", $name, wide(&grad));
                    }
                }
            }
        };
    }
    methods!("SoftThreshold", SoftThreshold::new(lambda.to_f64()));
    methods!("WeightedSoftThreshold", WeightedSoftThreshold::new(&lambdas));
    Ok(run)
}

/// The operator itself, and a proximal step of size 1 along a gradient of 0.
pub(crate) fn elastic_net<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let reasons = unread(case, &["l1", "l2", "lambda", "gamma"], &["x"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).unwrap_or(0.0);
    let (l1, l2) = match case.op.as_str() {
        "elastic_net_prox_gamma" => (field("lambda"), field("lambda") * field("gamma")),
        _ => (field("l1"), field("l2")),
    };
    let mut run = Run::default();
    let x = data::<E>(case.input("x"));
    let step = ProxSgd::new(1.0).and_then(|step| step.l1(l1)).and_then(|step| step.l2(l2));
    if let Some(step) = run.made(step) {
        let mut y = x.clone();
        let zeros = vec![E::ZERO; y.len()];
        if run.call("step", &mut y, |y| step.execution(on(level)).step(y, &zeros)).is_some() {
            run.put("y", "step", wide(&y));
        }
    }
    let net = ElasticNet::new(l1, l2);
    if let Some(net) = run.made(net) {
        let mut y = x.clone();
        net.execution(on(level)).apply(&mut y).unwrap();
        run.put("y", "ElasticNet", wide(&y));
    }
    Ok(run)
}

/// SGD and SGDW: the parameters after every step and the last buffer.
pub(crate) fn sgd<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = ["lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"];
    let variants = ["caution", "corrected_weight_decay"];
    let mut reasons = unread(case, &[&attributes[..], &variants].concat(), &["params", "grads"]);
    for variant in variants {
        if case.flag(variant) {
            reasons.insert(variant.to_owned());
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).unwrap_or(0.0);
    let (lr, momentum) = (case.attribute("lr").expect("a rate"), field("momentum"));
    let mut run = Run::default();
    let mut w = data::<E>(case.input("params"));
    let grads = data::<E>(case.input("grads"));
    let steps = grads.chunks_exact(w.len()).zip(1..);
    let mut trajectory = Vec::new();

    macro_rules! configure {
        ($step:expr) => {{
            let step = $step.and_then(|step| step.weight_decay(field("weight_decay")));
            step.map(|step| {
                let step = step.execution(on(level));
                if case.flag("maximize") { step.maximize() } else { step }
            })
        }};
    }
    if momentum == 0.0 && !case.flag("nesterov") {
        // Coupled and decoupled decay are one formula here, and one method.
        if let Some(step) = run.made(configure!(Sgd::new(lr))) {
            for (g, _) in steps {
                run.call("step", &mut w, |w| step.step(w, g));
                trajectory.extend(wide(&w));
            }
        }
    } else {
        let step = SgdMomentum::new(lr, momentum);
        let step = step.and_then(|step| step.dampening(field("dampening")));
        let step = match case.flag("nesterov") {
            true => step.and_then(|step| step.nesterov()),
            false => step,
        };
        if let Some(step) = run.made(configure!(step)) {
            let step = if case.op == "SGDW" { step.decoupled() } else { step };
            // The first step must not read the buffer.
            let mut buffer = vec![E::NAN; w.len()];
            for (g, t) in steps {
                run.call("step", &mut w, |w| step.step(w, g, &mut buffer, t));
                trajectory.extend(wide(&w));
            }
            run.put("momentum_buffer", "step", wide(&buffer));
        }
    }
    if run.refused.is_empty() {
        run.put("params", "step", trajectory);
        run.put("params_final", "step", wide(&w));
    }
    Ok(run)
}

/// ONNX: one step with the caller's buffer; `beta`, 1 for `T = 0`, is one minus
/// the dampening.
pub(crate) fn momentum<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = &["alpha", "beta", "mode", "norm_coefficient"];
    let reasons = unread(case, attributes, &["R", "T", "X", "G", "V"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    let rate = case.input("R").numbers()[0];
    let beta = if case.input("T").indices() == [0] { 1.0 } else { field("beta") };
    let mut run = Run::default();
    let step = SgdMomentum::new(rate, field("alpha"))
        .and_then(|step| step.dampening(1.0 - beta))
        .and_then(|step| step.weight_decay(field("norm_coefficient")));
    let step = match case.text("mode") {
        Some("nesterov") => step.and_then(|step| step.nesterov()),
        _ => step,
    };
    if let Some(step) = run.made(step) {
        let [mut x, g, mut v] = ["X", "G", "V"].map(|key| data::<E>(case.input(key)));
        // Any step but the first reads the buffer.
        run.call("step", &mut x, |x| step.execution(on(level)).step(x, &g, &mut v, 2));
        run.put("X_new", "step", wide(&x));
        run.put("V_new", "step", wide(&v));
    }
    Ok(run)
}

/// A function of each element, by the kernel crate's name for it.
pub(crate) fn function<E: Element>(case: &Case, level: Level, name: &str) -> Result<Run, Reasons> {
    let reasons = unread(case, &[], &["input", "x", "grad_output"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let x = case.inputs.get("input").unwrap_or_else(|| case.input("x"));
    let x = data::<E>(x);
    let mut run = Run::default();
    let y = match name {
        // The crate has no operation of this name, but this is it.
        "log_sigmoid" => {
            let minus: Vec<E> = x.iter().map(|x| E::from_f64(-x.to_f64())).collect();
            wide(&map(level, "softplus", &minus)).into_iter().map(|y| -y).collect()
        }
        _ => wide(&map(level, name, &x)),
    };
    run.put("y", "map", y);
    let upstream = case.inputs.get("grad_output").map(data::<E>);
    let upstream = upstream.as_deref();
    match name {
        "sigmoid" => activation(&mut run, Sigmoid::new().execution(on(level)), &x, upstream, true),
        "tanh" => activation(&mut run, Tanh::new().execution(on(level)), &x, upstream, true),
        "softplus" => {
            activation(&mut run, Softplus::new().execution(on(level)), &x, upstream, false)
        }
        "log_sigmoid" => {
            if let Some(upstream) = upstream {
                let minus: Vec<E> = x.iter().map(|x| E::from_f64(-x.to_f64())).collect();
                let mut grad = vec![E::NAN; x.len()];
                let softplus = Softplus::new().execution(on(level));
                run.call("backward", &mut grad, |grad| softplus.backward(&minus, upstream, grad));
                run.put("grad_input", "backward", wide(&grad));
            }
        }
        _ => {}
    }
    Ok(run)
}

/// The same by the public methods; `from_output` says what the backward pass saves.
fn activation<E: Element, A: Formula + Default>(
    run: &mut Run,
    activation: Activation<A>,
    x: &[E],
    upstream: Option<&[E]>,
    from_output: bool,
) {
    let mut y = vec![E::NAN; x.len()];
    run.call("apply_into", &mut y, |y| activation.apply_into(x, y));
    run.put("y", "apply_into", wide(&y));
    let mut place = x.to_vec();
    activation.apply(&mut place).unwrap();
    run.same("results in and out of place", &place, &y);
    if let Some(upstream) = upstream {
        let saved = if from_output { &y } else { x };
        let mut grad = vec![E::NAN; x.len()];
        run.call("backward", &mut grad, |grad| activation.backward(saved, upstream, grad));
        run.put("grad_input", "backward", wide(&grad));
    }
}
