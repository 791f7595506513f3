//! Adam, AdamW and AdamW with an L1 penalty.

use crate::compare::{Expected, least, representable};
use crate::reference::Double;
use crate::reference::update::{self as reference, Moments, power};
use crate::run::Runner;
use crate::update::{Case, admits, holds};
use crate::{Number, Source, tolerance};
use gradstep::kernels::ops::Betas;
use gradstep::{Error, Execution, update};

/// What is the same for every element.
#[derive(Clone, Copy, Debug)]
struct Options {
    formula: reference::ProxAdamW,
    /// Whether there is a penalty at all.
    proximal: bool,
    t: u64,
}

/// The slices of a step: weights, then state.
type Slices<'s, 'a, E> = &'s mut [&'a mut [E]];

impl Options {
    fn draw(source: &mut Source, decoupled: bool, proximal: bool) -> Self {
        let average = |source: &mut Source| {
            let beta = source.parameter();
            if beta > 1.0 && !source.rarely() { 1.0 / beta } else { beta }
        };
        let adam = reference::Adam {
            learning_rate: source.parameter(),
            beta1: if source.flag() { average(source) } else { 0.9 },
            beta2: if source.flag() { average(source) } else { 0.999 },
            eps: if source.flag() { source.parameter() } else { 1e-8 },
            weight_decay: if source.flag() { source.parameter() } else { 0.0 },
            decoupled,
            amsgrad: !proximal && source.flag(),
            maximize: source.flag(),
            grad_scale: if source.flag() { source.number() } else { 1.0 },
        };
        let l1 = if proximal { source.parameter() } else { 0.0 };
        let formula = reference::ProxAdamW { adam, l1, isotropic: proximal && source.flag() };
        let t = if source.flag() { source.bits() } else { 1 + source.below(3) as u64 };
        Options { formula, proximal, t }
    }

    fn accepted(self) -> bool {
        let reference::ProxAdamW { adam, l1, .. } = self.formula;
        let strengths = [adam.learning_rate, adam.eps, adam.weight_decay, l1];
        let betas = [adam.beta1, adam.beta2];
        strengths.into_iter().all(admits)
            && betas.into_iter().all(|beta| (0.0..1.0).contains(&beta))
            && adam.grad_scale.is_finite()
            && self.t > 0
    }

    /// Whether the element type can hold the constants of the step, as documented.
    fn held<E: Number>(self) -> bool {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let (first, second) = Betas::new(adam.beta1, adam.beta2).corrections(self.t.max(1));
        let decay = if adam.decoupled {
            1.0 - adam.learning_rate * adam.weight_decay
        } else {
            adam.weight_decay
        };
        let (rate, eps) = (adam.learning_rate * second, adam.eps * second);
        let vanishes = adam.eps > 0.0 && E::from_f64(eps) == E::ZERO;
        let ratio = E::from_f64(rate) / E::from_f64(eps);
        let of_update = if self.proximal {
            holds::<E>(&[rate, if isotropic { 0.0 } else { l1 }])
                && (adam.eps == 0.0 || ratio.finite())
        } else {
            holds::<E>(&[rate / first])
        };
        of_update && !vanishes && holds::<E>(&[eps, decay, adam.grad_scale])
    }

    fn step<E: Number>(
        self,
        execution: Execution,
        g: &[E],
        slices: Slices<'_, '_, E>,
    ) -> Result<(), Error> {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        macro_rules! options {
            ($update:ident) => {{
                let update = update::$update::new(adam.learning_rate)?
                    .betas(adam.beta1, adam.beta2)?
                    .eps(adam.eps)?
                    .weight_decay(adam.weight_decay)?
                    .grad_scale(adam.grad_scale)?
                    .execution(execution);
                if adam.maximize { update.maximize() } else { update }
            }};
        }
        macro_rules! step {
            ($update:expr) => {
                match slices {
                    [w, m, v, v_max] => $update.step_amsgrad(w, g, m, v, v_max, self.t),
                    [w, m, v] => $update.step(w, g, m, v, self.t),
                    _ => unreachable!("two or three slices of state"),
                }
            };
        }
        if self.proximal {
            let [w, m, v] = slices else { unreachable!("two slices of state") };
            let update = options!(ProxAdamW).l1(l1)?;
            let update = if isotropic { update.isotropic() } else { update };
            update.step(w, g, m, v, self.t)
        } else if adam.decoupled {
            step!(options!(AdamW))
        } else {
            step!(options!(Adam))
        }
    }

    /// `1 - beta1^t` and `sqrt(1 - beta2^t)`.
    fn corrections(self) -> (Double, Double) {
        let adam = self.formula.adam;
        (1.0 - power(adam.beta1, self.t), (1.0 - power(adam.beta2, self.t)).sqrt())
    }

    /// Whether the type can hold the constants, and the reference knows them.
    fn representable<E: Number>(self) -> bool {
        let reference::ProxAdamW { adam, l1, .. } = self.formula;
        let (first, root) = self.corrections();
        let eta = Double::from(adam.learning_rate);
        let share = |beta: f64| 1.0 - Double::from(beta);
        let constants = [
            eta,
            eta * root,
            eta * root / first,
            1.0 / first,
            root * adam.eps,
            share(adam.beta1),
            share(adam.beta2),
            Double::from(adam.beta2),
            Double::from(adam.weight_decay),
            Double::from(adam.grad_scale),
            eta * adam.weight_decay,
            Double::from(l1),
            eta * l1,
        ];
        self.t < 1 << 40 && constants.into_iter().all(comfortable::<E>)
    }

    /// What weight and averages must be, where nothing comes near the ends of the
    /// type.
    fn expected<E: Number>(self, w: E, g: E, [m, v, v_max]: [E; 3]) -> Option<Vec<Expected>> {
        let reference::ProxAdamW { adam, l1, isotropic } = self.formula;
        let [w, g, m, v, v_max] = [w, g, m, v, v_max].map(E::double);
        let state = Moments { m, v, v_max };
        let (exact, next) = match self.proximal {
            true => self.formula.step(w, g, state, self.t),
            false => adam.step(w, g, state, self.t),
        };
        let (first, root) = self.corrections();
        let share = |beta: f64| 1.0 - Double::from(beta);
        let (coupled, decay) =
            if adam.decoupled { (0.0, adam.weight_decay) } else { (adam.weight_decay, 0.0) };
        let eta = Double::from(adam.learning_rate);
        // If every term had the same sign.
        let h = (g * adam.grad_scale).abs() + coupled * w.abs();
        let m_terms = m.abs() + share(adam.beta1) * (h + m.abs());
        let v_terms = adam.beta2 * v + share(adam.beta2) * h * h;
        let second = if adam.amsgrad { next.v_max } else { next.v };
        let denominator = second.sqrt() / root + adam.eps;
        // An error of h moves the root by at most its share of h.
        let moved = (share(adam.beta2).sqrt() * h / root / denominator).max(Double::ONE);
        let ratio = m_terms / denominator * moved;
        let step = eta / first * ratio;
        let kept = w.abs() * (1.0 + eta * decay);
        let scale = if isotropic { eta } else { eta / denominator };
        let threshold = scale * l1;
        let terms = [
            w,
            h,
            share(adam.beta2) * h,
            h * h,
            m_terms,
            m_terms / first,
            v_terms,
            second,
            denominator,
            scale,
            ratio,
            step,
            kept,
            threshold,
        ];
        if !terms.into_iter().all(comfortable::<E>) {
            return None;
        }
        let name = if self.proximal { "prox_adam_w" } else { "adam" };
        let expected = |output, exact, magnitude| Expected {
            exact,
            magnitude,
            ulps: tolerance::ulps(name, output, E::FORMAT),
            slack: least::<E>(Double::from(4.0)),
        };
        let mut all = vec![
            expected("w", exact, kept + step + threshold),
            expected("m", next.m, m_terms),
            expected("v", next.v, v_terms),
        ];
        if adam.amsgrad {
            all.push(expected("v", next.v_max, v_terms.max(v_max)));
        }
        Some(all)
    }
}

/// Neither so large that a few of them overflow nor so small that underflow costs
/// digits; or not finite, which is what it is on the way, too.
fn comfortable<E: Number>(x: Double) -> bool {
    let enough = Double::from(E::MIN_POSITIVE.to_f64()) * f64::from(1 << 30);
    representable::<E>(x) && (x.is_zero() || !x.is_finite() || x.abs() >= enough)
}

fn step<E: Number>(source: &mut Source, decoupled: bool, proximal: bool) {
    let Case { runner, w, g } = Case::<E>::draw(source);
    let options = Options::draw(source, decoupled, proximal);
    let count = if options.formula.adam.amsgrad { 3 } else { 2 };
    let mut state: Vec<Vec<E>> = Vec::new();
    for slice in 0..count {
        let n = source.near(w.len());
        let mut drawn = source.slice::<E>(n);
        // Averages of squares are not negative.
        if slice > 0 {
            drawn.iter_mut().filter(|v| **v < E::ZERO).for_each(|v| *v = -*v);
        }
        state.push(drawn);
    }
    let what = format!("{options:?}");
    let same = |slice: &Vec<E>| slice.len() == w.len();
    let fits = options.accepted() && same(&g) && state.iter().all(same) && options.held::<E>();
    let mut outputs: Vec<&[E]> = vec![&w];
    outputs.extend(state.iter().map(Vec::as_slice));
    let stepped = Runner::run(runner, &what, fits, &[&g], &outputs, &|execution, x, out| {
        options.step(execution, x[0], out).map(|()| 0.0)
    });
    if stepped.is_none() || !options.representable::<E>() {
        return;
    }
    for (i, (w, g)) in w.iter().zip(&g).enumerate() {
        let at = |slice: usize| state.get(slice).map_or(E::ZERO, |slice| slice[i]);
        let Some(expected) = options.expected(*w, *g, [at(0), at(1), at(2)]) else { continue };
        for outcome in stepped.iter().flatten() {
            for (output, expected) in outcome.outputs.iter().zip(&expected) {
                expected.check(output[i], (&what, w, g, at(0), at(1), at(2), outcome.level));
            }
        }
    }
}

pub fn adam<E: Number>(source: &mut Source) {
    step::<E>(source, false, false);
}

pub fn adam_w<E: Number>(source: &mut Source) {
    step::<E>(source, true, false);
}

pub fn prox_adam_w<E: Number>(source: &mut Source) {
    step::<E>(source, true, true);
}
