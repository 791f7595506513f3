//! Losses of one element: `(value, derivative with respect to the prediction)`.
//!
//! By cases from the specification, sections 2 and 3. NaN in any argument gives NaN
//! twice. Differences are formed exactly, so a loss that overflows only where
//! `f32` or `f64` intermediates do is finite here. Per-element weights multiply
//! both results; a batch is a [`Reduction`] of the values.

use super::Double;

/// Value and derivative.
pub type Pair = (Double, Double);

const NAN: Pair = (Double::NAN, Double::NAN);
const ZERO: Pair = (Double::ZERO, Double::ZERO);

/// What a sum over a batch is divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduction {
    /// By the number of elements.
    Mean,
    /// By 1.
    Sum,
    /// By what the caller says.
    DivideBy(f64),
}

impl Reduction {
    /// The denominator for `n` elements, or for rows whose weights add up to `n`.
    pub fn denominator(self, n: Double) -> Double {
        match self {
            Self::Mean => n,
            Self::Sum => Double::ONE,
            Self::DivideBy(x) => Double::from(x),
        }
    }

    /// The reduced value of per-element losses; the mean of none is NaN.
    pub fn apply(self, losses: impl ExactSizeIterator<Item = Double>) -> Double {
        let n = Double::from(losses.len() as f64);
        losses.sum::<Double>() / self.denominator(n)
    }
}

fn difference(prediction: f64, target: f64) -> Double {
    Double::from(prediction) - target
}

/// `d^2`
pub fn mse(prediction: f64, target: f64) -> Pair {
    let d = difference(prediction, target);
    (d * d, d * 2.0)
}

/// `|d|`, derivative 0 at 0.
pub fn l1(prediction: f64, target: f64) -> Pair {
    let d = difference(prediction, target);
    (d.abs(), d.sign())
}

/// `d^2 / (2 beta)` within `beta`, `|d| - beta / 2` beyond; `beta = 0` is [`l1`].
pub fn smooth_l1(prediction: f64, target: f64, beta: f64) -> Pair {
    assert!(beta >= 0.0);
    let d = difference(prediction, target);
    if d.is_nan() {
        NAN
    } else if d.abs() < beta {
        (d * d / beta * 0.5, d / beta)
    } else {
        (d.abs() - Double::from(beta) * 0.5, d.sign())
    }
}

/// `d^2 / 2` within `delta`, `delta (|d| - delta / 2)` beyond.
pub fn huber(prediction: f64, target: f64, delta: f64) -> Pair {
    assert!(delta > 0.0);
    let d = difference(prediction, target);
    if d.is_nan() {
        NAN
    } else if d.abs() < delta {
        (d * d * 0.5, d)
    } else {
        (delta * (d.abs() - Double::from(delta) * 0.5), delta * d.sign())
    }
}

/// `ln cosh d`
pub fn log_cosh(prediction: f64, target: f64) -> Pair {
    let d = difference(prediction, target);
    (d.log_cosh(), d.tanh())
}

/// `max(-q d, (1 - q) d)`: the pinball loss.
pub fn quantile(prediction: f64, target: f64, q: f64) -> Pair {
    assert!(q > 0.0 && q < 1.0);
    let d = difference(prediction, target);
    let (q, rest) = (Double::from(q), 1.0 - Double::from(q));
    if d.is_nan() {
        NAN
    } else if d < 0.0 {
        (-q * d, -q)
    } else if d > 0.0 {
        (rest * d, rest)
    } else {
        ZERO
    }
}

/// Logarithms of `p` and `1 - p`, at least -100 each.
fn clamped_logs(p: Double) -> Pair {
    let floor = Double::from(-100.0);
    (p.ln().max(floor), (-p).ln_1p().max(floor))
}

/// `-(y ln p + (1 - y) ln(1 - p))`, the logarithms at least -100; derivative
/// `(p - y) / max(p (1 - p), 1e-12)`, the constant as `f32` also for `f64` data, which
/// is torch's.
pub fn binary_cross_entropy(p: f64, y: f64) -> Pair {
    if p.is_nan() || y.is_nan() {
        return NAN;
    }
    assert!((0.0..=1.0).contains(&p), "not a probability: {p}");
    let (p, y) = (Double::from(p), Double::from(y));
    let (ln_p, ln_q) = clamped_logs(p);
    let loss = -(y * ln_p + (1.0 - y) * ln_q);
    let variance = (p * (1.0 - p)).max(Double::from(f64::from(1e-12f32)));
    (loss, (p - y) / variance)
}

/// Cross-entropy of `p` clamped to `low..=high`; the derivative is that of the
/// clamped function: 0 outside, and `(p - y) / (p (1 - p))` inside, ends included.
///
/// The caller gives both ends because `1 - eps` is rounded to the type of the data.
pub fn binary_cross_entropy_clipped(p: f64, y: f64, low: f64, high: f64) -> Pair {
    if p.is_nan() || y.is_nan() {
        return NAN;
    }
    assert!(0.0 < low && low <= high && high < 1.0);
    let (clamped, y) = (Double::from(p.clamp(low, high)), Double::from(y));
    let (ln_p, ln_q) = clamped_logs(clamped);
    let loss = -(y * ln_p + (1.0 - y) * ln_q);
    if p < low || p > high {
        (loss, Double::ZERO)
    } else {
        (loss, (clamped - y) / (clamped * (1.0 - clamped)))
    }
}

/// Cross-entropy of a logit `x`, positive targets weighted by `pos_weight`.
///
/// With `t = pos_weight y`, `(1-y) x + (1 - y + t)(ln(1 + e^-|x|) + max(-x, 0))`
/// is `t softplus(-x) + (1-y) softplus(x)`, a sum of two terms that do not
/// cancel. The derivative is `(1-y) sigmoid(x) - t sigmoid(-x)`, which near 0 is
/// taken as `((1-y-t) + (1-y+t) tanh(x/2)) / 2`: at `y = 1/2` it is tiny there.
pub fn binary_cross_entropy_with_logits(x: f64, y: f64, pos_weight: f64) -> Pair {
    if x.is_nan() || y.is_nan() || pos_weight.is_nan() {
        return NAN;
    }
    let (x, t) = (Double::from(x), Double::from(pos_weight) * y);
    let rest = 1.0 - Double::from(y);
    // A coefficient of 0 removes its term even where the term is infinite: the
    // limit at x = +-inf.
    let term = |weight: Double, value: Double| {
        if weight.is_zero() { Double::ZERO } else { weight * value }
    };
    let loss = term(t, (-x).softplus()) + term(rest, x.softplus());
    let derivative = if x.abs() < 1.0 {
        ((rest - t) + (rest + t) * x.scale(-1).tanh()).scale(-1)
    } else {
        rest * x.sigmoid() - t * (-x).sigmoid()
    };
    (loss, derivative)
}

/// A product where 0 removes what is infinite.
fn times(factor: Double, x: Double) -> Double {
    if factor.is_zero() && !x.is_nan() { Double::ZERO } else { factor * x }
}

/// `max(0, 1 - y x)^2`
pub fn squared_hinge(x: f64, y: f64) -> Pair {
    let lack = 1.0 - Double::from(y) * x;
    if lack.is_nan() {
        NAN
    } else if lack > 0.0 {
        (lack * lack, lack * y * -2.0)
    } else {
        ZERO
    }
}

/// `max(0, 1 - y x)^2` from `y x = -1` on, below `-4 y x`.
pub fn modified_huber(x: f64, y: f64) -> Pair {
    let margin = Double::from(y) * x;
    if margin.is_nan() || margin >= -1.0 {
        squared_hinge(x, y)
    } else {
        (margin * -4.0, Double::from(y) * -4.0)
    }
}

/// `e^x - y x`, and if it is `full` what Stirling's formula says of `ln y!`.
pub fn poisson(x: f64, y: f64, full: bool) -> Pair {
    if x.is_nan() || y.is_nan() {
        return NAN;
    }
    let (rate, count) = (Double::from(x).exp(), Double::from(y));
    let value = if rate.is_finite() { rate - times(count, Double::from(x)) } else { rate };
    let stirling = if full && y > 1.0 { stirling(count) } else { Double::ZERO };
    (value + stirling, rate - count)
}

/// `y ln y - y + ln(2 pi y) / 2`
pub fn stirling(y: Double) -> Double {
    // 2 pi, error below 2^-106.
    let two_pi = Double::pair(core::f64::consts::TAU, 2.4492935982947064e-16);
    y * y.ln() - y + (two_pi * y).ln() * 0.5
}

/// `x + y e^-x`
pub fn gamma(x: f64, y: f64) -> Pair {
    if x.is_nan() || y.is_nan() {
        return NAN;
    }
    let ratio = y * (-Double::from(x)).exp();
    let value = if ratio.is_finite() { ratio + x } else { ratio };
    (value, 1.0 - ratio)
}

/// `y e^((1 - p) x)` and `e^((2 - p) x)`
pub fn tweedie_terms(x: f64, y: f64, power: f64) -> Pair {
    assert!(power > 1.0 && power < 2.0);
    let (x, p) = (Double::from(x), Double::from(power));
    (times(Double::from(y), ((1.0 - p) * x).exp()), ((2.0 - p) * x).exp())
}

/// `y e^((1 - p) x) / (p - 1) + e^((2 - p) x) / (2 - p)`
pub fn tweedie(x: f64, y: f64, power: f64) -> Pair {
    if x.is_nan() || y.is_nan() {
        return NAN;
    }
    let (a, b) = tweedie_terms(x, y, power);
    let p = Double::from(power);
    (a / (p - 1.0) + b / (2.0 - p), b - a)
}

/// `-share (1 - p)^gamma ln p` of the probability that a logit gives the label 0 or 1. The
/// derivative by the logit of the wrong label is
/// `share sigmoid^gamma (gamma (1 - sigmoid) softplus + sigmoid)`.
pub fn focal(x: f64, y: f64, gamma: f64, share: f64) -> Pair {
    if x.is_nan() || y.is_nan() {
        return NAN;
    }
    assert!(y == 0.0 || y == 1.0);
    let sign = if y == 1.0 { -1.0 } else { 1.0 };
    let s = Double::from(x * sign);
    let wrong = s.sigmoid();
    let factor = times(Double::from(gamma), s.log_sigmoid()).exp() * share;
    let decay = times((-s).sigmoid(), s.softplus()) * gamma;
    (times(factor, s.softplus()), times(factor, decay + wrong) * sign)
}

/// `y (ln y - x)`
pub fn kl_divergence(x: f64, y: f64) -> Pair {
    if x.is_nan() || y.is_nan() {
        return NAN;
    }
    if y == 0.0 {
        return ZERO;
    }
    let y = Double::from(y);
    (y * (y.ln() - x), -y)
}
