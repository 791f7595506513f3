//! One step of an optimiser whose rates are each coordinate's own, as in
//! [`update`](super::update): Adagrad, RMSprop, NAdam, FTRL-proximal.

use super::update::{decayed, oriented, power};
use super::{Double, prox};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// `sum += g^2`, `w -= eta / (1 + (t - 1) decay) g / (sqrt(sum) + eps)`
#[derive(Clone, Copy, Debug)]
pub struct Adagrad {
    /// The length of a step.
    pub learning_rate: f64,
    /// How fast it falls.
    pub learning_rate_decay: f64,
    /// Added to the root.
    pub eps: f64,
    /// The strength of the decay, which joins the gradient.
    pub weight_decay: f64,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

/// The gradient, and decay if there is any.
fn coupled(w: Double, g: Double, weight_decay: f64) -> Double {
    if weight_decay == 0.0 { g } else { g + weight_decay * w }
}

impl Adagrad {
    /// The learning rate at step `t`, counted from 1.
    pub fn rate(&self, t: u64) -> Double {
        assert!(t > 0);
        let before = Double::from((t - 1) as f64);
        self.learning_rate / (1.0 + before * self.learning_rate_decay)
    }

    /// New weight and sum after step `t`, counted from 1.
    pub fn step(&self, w: Double, g: Double, sum: Double, t: u64) -> (Double, Double) {
        let g = coupled(w, oriented(g, self.grad_scale, self.maximize), self.weight_decay);
        let sum = sum + g * g;
        (w - self.rate(t) * g / (sum.sqrt() + self.eps), sum)
    }
}

/// `v := alpha v + (1 - alpha) g^2`, `w -= eta g / (sqrt(v) + eps)`, or of the variance
/// `v - mean^2`, or by a buffer of such steps.
#[derive(Clone, Copy, Debug)]
pub struct RmsProp {
    /// The length of a step.
    pub learning_rate: f64,
    /// Share of the old averages.
    pub alpha: f64,
    /// Added to the root.
    pub eps: f64,
    /// Share of the old buffer; 0 has none.
    pub momentum: f64,
    /// Whether the root is that of the variance.
    pub centered: bool,
    /// The strength of the decay, which joins the gradient.
    pub weight_decay: f64,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

/// What RMSprop remembers; what it has no use for stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Averages {
    /// Average of squares.
    pub v: Double,
    /// Average of gradients.
    pub mean: Double,
    /// Sum of steps.
    pub buffer: Double,
}

impl RmsProp {
    /// The gradient with its factor and decay.
    pub fn gradient(&self, w: Double, g: Double) -> Double {
        coupled(w, oriented(g, self.grad_scale, self.maximize), self.weight_decay)
    }

    /// What is under the root.
    pub fn spread(&self, state: Averages) -> Double {
        if !self.centered {
            return state.v;
        }
        let spread = state.v - state.mean * state.mean;
        if spread < 0.0 { Double::ZERO } else { spread }
    }

    /// New weight and averages.
    pub fn step(&self, w: Double, g: Double, state: Averages) -> (Double, Averages) {
        let g = self.gradient(w, g);
        let alpha = Double::from(self.alpha);
        let mut next = Averages { v: alpha * state.v + (1.0 - alpha) * g * g, ..state };
        if self.centered {
            next.mean = state.mean + (1.0 - alpha) * (g - state.mean);
        }
        let mut move_by = g / (self.spread(next).sqrt() + self.eps);
        if self.momentum != 0.0 {
            next.buffer = self.momentum * state.buffer + move_by;
            move_by = next.buffer;
        }
        (w - self.learning_rate * move_by, next)
    }
}

/// Adam that looks ahead.
#[derive(Clone, Copy, Debug)]
pub struct Nadam {
    /// The length of a step.
    pub learning_rate: f64,
    /// Share of the old average of gradients.
    pub beta1: f64,
    /// Share of the old average of squares.
    pub beta2: f64,
    /// How fast momentum rises.
    pub momentum_decay: f64,
    /// Added to the root.
    pub eps: f64,
    /// The strength of the decay.
    pub weight_decay: f64,
    /// Whether the decay is a factor of the weight, and no part of the gradient.
    pub decoupled: bool,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl Nadam {
    /// `mu_t = beta1 (1 - 0.96^(t decay) / 2)`
    fn momentum(&self, t: u64) -> Double {
        let exponent = Double::from(t as f64) * self.momentum_decay;
        let ln = (Double::from(96.0) / 100.0).ln();
        self.beta1 * (1.0 - 0.5 * (exponent * ln).exp())
    }

    /// Factors of gradient and average at step `t`, counted from 1, by `t` products; computed
    /// once for all weights.
    pub fn factors(&self, t: u64) -> [Double; 2] {
        type Known = BTreeMap<[u64; 3], [Double; 2]>;
        static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
        let key = [self.beta1.to_bits(), self.momentum_decay.to_bits(), t];
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(key).or_insert_with(|| self.products(t))
    }

    fn products(&self, t: u64) -> [Double; 2] {
        let mut product = Double::ONE;
        for i in 1..=t {
            product = product * self.momentum(i);
            // The others are factors below 1.
            if product.is_zero() || product.exponent() < -200 {
                product = Double::ZERO;
                break;
            }
        }
        let next = self.momentum(t + 1);
        [(1.0 - self.momentum(t)) / (1.0 - product), next / (1.0 - product * next)]
    }

    /// New weight and both averages after step `t`, counted from 1.
    pub fn step(&self, w: Double, g: Double, [m, v]: [Double; 2], t: u64) -> (Double, [Double; 2]) {
        let (beta1, beta2) = (Double::from(self.beta1), Double::from(self.beta2));
        let mut w = w;
        let mut g = oriented(g, self.grad_scale, self.maximize);
        if self.decoupled {
            w = decayed(w, self.learning_rate, self.weight_decay);
        } else {
            g = coupled(w, g, self.weight_decay);
        }
        let m = m + (1.0 - beta1) * (g - m);
        let v = beta2 * v + (1.0 - beta2) * g * g;
        let [ahead, behind] = self.factors(t);
        let root = v.sqrt() / (1.0 - power(self.beta2, t)).sqrt();
        (w - self.learning_rate * (ahead * g + behind * m) / (root + self.eps), [m, v])
    }
}

/// FTRL-proximal by McMahan and others (2013), algorithm 1.
#[derive(Clone, Copy, Debug)]
pub struct Ftrl {
    /// `alpha` of the paper.
    pub learning_rate: f64,
    /// Added to the root.
    pub beta: f64,
    /// Strength of `|w|`.
    pub l1: f64,
    /// Strength of `w^2 / 2`.
    pub l2: f64,
    /// Whether the step goes along the gradient.
    pub maximize: bool,
    /// A factor of the gradient.
    pub grad_scale: f64,
}

impl Ftrl {
    /// What the sum of gradients is divided by, from the next sum of squares.
    pub fn denominator(&self, n: Double) -> Double {
        (self.beta + n.sqrt()) / self.learning_rate + self.l2
    }

    /// New weight, sum of gradients and sum of squares.
    pub fn step(&self, w: Double, g: Double, [z, n]: [Double; 2]) -> (Double, [Double; 2]) {
        let g = oriented(g, self.grad_scale, self.maximize);
        let next = n + g * g;
        let sigma = (next.sqrt() - n.sqrt()) / self.learning_rate;
        let z = z + g - sigma * w;
        let kept = prox::soft(z, Double::from(self.l1));
        let w = if kept.is_zero() { Double::ZERO } else { -kept / self.denominator(next) };
        (w, [z, next])
    }
}
