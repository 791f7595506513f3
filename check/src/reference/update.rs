//! One step of an optimiser for one weight: the specification, section 6.
//!
//! The formulas as the textbooks have them, hyper-parameters in `f64`, derived
//! constants never rounded. State goes in and comes out as [`Double`], so a
//! trajectory can be followed in full precision; to check a single step of a
//! kernel, start from its own `f32` or `f64` state.

use super::{Double, prox};

/// SGD in torch's order, with or without momentum.
#[derive(Clone, Copy, Debug)]
pub struct Sgd {
    /// The length of a step.
    pub learning_rate: f64,
    /// `None` keeps no buffer.
    pub momentum: Option<f64>,
    /// What a gradient loses on its way into the buffer.
    pub dampening: f64,
    /// Whether the step looks one buffer ahead.
    pub nesterov: bool,
    /// The strength of the decay.
    pub weight_decay: f64,
    /// Decay multiplies the weight instead of joining the gradient.
    pub decoupled: bool,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl Default for Sgd {
    fn default() -> Self {
        Self {
            learning_rate: 1.0,
            momentum: None,
            dampening: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            decoupled: false,
            maximize: false,
            grad_scale: 1.0,
        }
    }
}

/// The gradient a step works with: scaled, and turned for an ascent.
pub(super) fn oriented(g: Double, grad_scale: f64, maximize: bool) -> Double {
    let g = g * grad_scale;
    if maximize { -g } else { g }
}

/// `w (1 - eta lambda)`
pub(super) fn decayed(w: Double, learning_rate: f64, weight_decay: f64) -> Double {
    w * (1.0 - Double::from(learning_rate) * weight_decay)
}

impl Sgd {
    /// New weight and momentum buffer after step `t`, counted from 1. Without
    /// momentum the buffer is returned as it came.
    pub fn step(&self, w: Double, g: Double, buffer: Double, t: u64) -> (Double, Double) {
        assert!(t > 0);
        let mut w = w;
        let mut g = oriented(g, self.grad_scale, self.maximize);
        if self.decoupled {
            w = decayed(w, self.learning_rate, self.weight_decay);
        } else if self.weight_decay != 0.0 {
            g = g + self.weight_decay * w;
        }
        let mut buffer = buffer;
        if let Some(momentum) = self.momentum {
            buffer = if t == 1 {
                g
            } else {
                momentum * buffer + (1.0 - Double::from(self.dampening)) * g
            };
            g = if self.nesterov { g + momentum * buffer } else { buffer };
        }
        (w - self.learning_rate * g, buffer)
    }
}

/// `soft(w - eta g, eta l1) / (1 + eta l2)`
#[derive(Clone, Copy, Debug)]
pub struct ProxSgd {
    /// The length of a step.
    pub learning_rate: f64,
    /// Strength of `|w|`.
    pub l1: f64,
    /// Strength of `w^2 / 2`.
    pub l2: f64,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl ProxSgd {
    /// New weight.
    pub fn step(&self, w: Double, g: Double) -> Double {
        let eta = Double::from(self.learning_rate);
        let moved = w - eta * (g * self.grad_scale);
        prox::soft(moved, eta * self.l1) / (1.0 + eta * self.l2)
    }
}

/// `beta^t` for a `beta` in [0, 1) by repeated squaring; 0 where it is beyond all
/// ranges.
pub fn power(beta: f64, t: u64) -> Double {
    if t == 0 {
        return Double::ONE;
    }
    let half = power(beta, t / 2);
    if half.is_zero() || half.exponent() < -100_000 {
        return Double::ZERO;
    }
    let square = half * half;
    if t % 2 == 1 { square * beta } else { square }
}

/// Adam; AdamW if `decoupled`; AMSGrad if `amsgrad`.
#[derive(Clone, Copy, Debug)]
pub struct Adam {
    /// The length of a step.
    pub learning_rate: f64,
    /// Share of the old average of gradients.
    pub beta1: f64,
    /// Share of the old average of squares.
    pub beta2: f64,
    /// Added to the root.
    pub eps: f64,
    /// The strength of the decay.
    pub weight_decay: f64,
    /// Whether the decay is a factor of the weight, and no part of the gradient.
    pub decoupled: bool,
    /// Whether the largest average of squares counts.
    pub amsgrad: bool,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl Adam {
    /// Neither decay nor any option, at the rates of the paper.
    pub const PLAIN: Self = Self {
        learning_rate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weight_decay: 0.0,
        decoupled: false,
        amsgrad: false,
        maximize: false,
        grad_scale: 1.0,
    };
}

impl Default for Adam {
    fn default() -> Self {
        Self::PLAIN
    }
}

/// First moment, second moment, and the largest second moment so far.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Average of gradients.
    pub m: Double,
    /// Average of squares.
    pub v: Double,
    /// The largest average of squares so far.
    pub v_max: Double,
}

impl Moments {
    /// Before the first step.
    pub const ZERO: Self = Self { m: Double::ZERO, v: Double::ZERO, v_max: Double::ZERO };
}

impl Adam {
    /// New weight and moments after step `t`, counted from 1.
    pub fn step(&self, w: Double, g: Double, state: Moments, t: u64) -> (Double, Moments) {
        assert!(t > 0);
        let (beta1, beta2) = (Double::from(self.beta1), Double::from(self.beta2));
        let mut w = w;
        let mut g = oriented(g, self.grad_scale, self.maximize);
        if self.decoupled {
            w = decayed(w, self.learning_rate, self.weight_decay);
        } else if self.weight_decay != 0.0 {
            g = g + self.weight_decay * w;
        }
        let m = state.m + (1.0 - beta1) * (g - state.m);
        let v = beta2 * state.v + (1.0 - beta2) * g * g;
        let v_max = state.v_max.max(v);
        let second = if self.amsgrad { v_max } else { v };
        let size = self.learning_rate / (1.0 - power(self.beta1, t));
        let root = second.sqrt() / (1.0 - power(self.beta2, t)).sqrt();
        (w - size * m / (root + self.eps), Moments { m, v, v_max })
    }
}

/// `w -= eta (sign(beta1 m + (1 - beta1) g) + lambda w)`, `m` by `beta2`.
#[derive(Clone, Copy, Debug)]
pub struct Lion {
    /// The length of a step.
    pub learning_rate: f64,
    /// Share of the average under the sign.
    pub beta1: f64,
    /// Share of the old average.
    pub beta2: f64,
    /// The strength of the decay.
    pub weight_decay: f64,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl Lion {
    /// New weight and momentum.
    pub fn step(&self, w: Double, g: Double, m: Double) -> (Double, Double) {
        let g = oriented(g, self.grad_scale, self.maximize);
        let mix = |beta: f64| beta * m + (1.0 - Double::from(beta)) * g;
        let u = mix(self.beta1).sign();
        // An infinite weight stays where it is, as with other decay.
        let w = decayed(w, self.learning_rate, self.weight_decay);
        (w - self.learning_rate * u, mix(self.beta2))
    }
}

/// FISTA: a proximal step from `y`, and `y` ahead of it.
#[derive(Clone, Copy, Debug)]
pub struct ProxMomentum {
    /// The step.
    pub prox: ProxSgd,
    /// How far ahead.
    pub momentum: f64,
}

impl ProxMomentum {
    /// New weight and point ahead, from the gradient at the old one.
    pub fn step(&self, w: Double, g: Double, y: Double) -> (Double, Double) {
        let next = self.prox.step(y, g);
        (next, next + self.momentum * (next - w))
    }
}

/// AdamW, then the proximal operator of `l1 |w|` in Adam's metric or none.
#[derive(Clone, Copy, Debug)]
pub struct ProxAdamW {
    /// Decoupled, without AMSGrad.
    pub adam: Adam,
    /// Strength of `|w|`.
    pub l1: f64,
    /// Whether the threshold is the same for all, not in Adam's metric.
    pub isotropic: bool,
}

impl ProxAdamW {
    /// `learning_rate / (sqrt(v) / sqrt(1 - beta2^t) + eps)` with the next `v`.
    pub fn scale(&self, v: Double, t: u64) -> Double {
        let Adam { learning_rate, beta2, eps, .. } = self.adam;
        learning_rate / (v.sqrt() / (1.0 - power(beta2, t)).sqrt() + eps)
    }

    /// New weight and moments after step `t`, counted from 1.
    pub fn step(&self, w: Double, g: Double, state: Moments, t: u64) -> (Double, Moments) {
        assert!(self.adam.decoupled && !self.adam.amsgrad);
        let (moved, next) = self.adam.step(w, g, state, t);
        let scale = match self.isotropic {
            true => Double::from(self.adam.learning_rate),
            false => self.scale(next.v, t),
        };
        (prox::soft(moved, scale * self.l1), next)
    }
}
