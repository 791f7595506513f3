//! Adam and AdamW.

use super::case::Case;
use super::run::{Reasons, Run, data, on, unread, wide};
use gradstep::update::{Adam, AdamW};
use gradstep::{Element, Error, Level};

/// Either update by one of its methods.
#[derive(Clone, Copy)]
enum Step {
    Adam(Adam),
    AdamW(AdamW),
}

impl Step {
    fn step<E: Element>(
        self,
        amsgrad: bool,
        w: &mut [E],
        g: &[E],
        [m, v, v_max]: &mut [Vec<E>; 3],
        t: u64,
    ) -> Result<(), Error> {
        match (self, amsgrad) {
            (Step::Adam(adam), false) => adam.step(w, g, m, v, t),
            (Step::Adam(adam), true) => adam.step_amsgrad(w, g, m, v, v_max, t),
            (Step::AdamW(adam), false) => adam.step(w, g, m, v, t),
            (Step::AdamW(adam), true) => adam.step_amsgrad(w, g, m, v, v_max, t),
        }
    }
}

/// What an update gets, in its own terms.
struct Options {
    learning_rate: f64,
    betas: [f64; 2],
    eps: f64,
    weight_decay: f64,
    maximize: bool,
    decoupled: bool,
}

impl Options {
    fn build(&self, level: Level) -> Result<Step, Error> {
        let [beta1, beta2] = self.betas;
        macro_rules! build {
            ($update:ident) => {{
                let update = $update::new(self.learning_rate)?
                    .betas(beta1, beta2)?
                    .eps(self.eps)?
                    .weight_decay(self.weight_decay)?
                    .execution(on(level));
                Step::$update(if self.maximize { update.maximize() } else { update })
            }};
        }
        Ok(if self.decoupled { build!(AdamW) } else { build!(Adam) })
    }
}

/// The parameters after every step and the averages after the last.
pub(crate) fn adam<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = ["lr", "betas", "eps", "weight_decay", "maximize", "amsgrad"];
    let decoupled = "decoupled_weight_decay";
    let reasons = unread(case, &[&attributes[..], &[decoupled]].concat(), &["params", "grads"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let betas = case.attributes("betas").expect("averages");
    let options = Options {
        learning_rate: case.attribute("lr").expect("a rate"),
        betas: [betas[0], betas[1]],
        eps: case.attribute("eps").expect("a summand"),
        weight_decay: case.attribute("weight_decay").expect("a decay"),
        maximize: case.flag("maximize"),
        decoupled: case.op == "AdamW" || case.flag(decoupled),
    };
    let amsgrad = case.flag("amsgrad");
    let mut run = Run::default();
    let mut w = data::<E>(case.input("params"));
    let grads = data::<E>(case.input("grads"));
    let mut state = [(); 3].map(|()| vec![E::ZERO; w.len()]);
    let mut trajectory = Vec::new();
    if let Some(update) = run.made(options.build(level)) {
        for (g, t) in grads.chunks_exact(w.len()).zip(1..) {
            run.call("step", &mut w, |w| update.step(amsgrad, w, g, &mut state, t));
            trajectory.extend(wide(&w));
        }
    }
    if run.refused.is_empty() {
        run.put("params", "step", trajectory);
        run.put("params_final", "step", wide(&w));
        let names = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
        for (name, state) in names.into_iter().zip(&state) {
            run.put(name, "step", wide(state));
        }
    }
    Ok(run)
}

/// ONNX: one step with the caller's averages, whose corrections leave `eps` alone and
/// do not apply at `T = 0`.
pub(crate) fn onnx<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    let attributes = &["alpha", "beta", "epsilon", "norm_coefficient"];
    let reasons = unread(case, attributes, &["R", "T", "X", "G", "V", "H"]);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let field = |key: &str| case.attribute(key).expect("a number");
    // Late enough, the corrections are 1.
    let t = match case.input("T").indices()[0] {
        0 => u64::MAX,
        t => u64::try_from(t).expect("a step number"),
    };
    let exponent = i32::try_from(t).unwrap_or(i32::MAX);
    let options = Options {
        learning_rate: case.input("R").numbers()[0],
        betas: [field("alpha"), field("beta")],
        eps: field("epsilon") / (1.0 - field("beta").powi(exponent)).sqrt(),
        weight_decay: field("norm_coefficient"),
        maximize: false,
        decoupled: false,
    };
    let mut run = Run::default();
    if let Some(update) = run.made(options.build(level)) {
        let [mut x, g, v, h] = ["X", "G", "V", "H"].map(|key| data::<E>(case.input(key)));
        let mut state = [v, h, Vec::new()];
        run.call("step", &mut x, |x| update.step(false, x, &g, &mut state, t));
        run.put("X_new", "step", wide(&x));
        run.put("V_new", "step", wide(&state[0]));
        run.put("H_new", "step", wide(&state[1]));
    }
    Ok(run)
}
