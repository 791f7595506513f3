//! Proximal operators of one element or one group: the specification, section 5.
//!
//! Zeros that an operator makes are +0; NaN in any argument gives NaN.

use super::Double;

/// `x - lambda` above `lambda`, `x + lambda` below `-lambda`, else +0.
pub fn soft_threshold(x: f64, lambda: f64) -> Double {
    soft(Double::from(x), Double::from(lambda))
}

/// [`soft_threshold`] of values that have no `f64`, such as `w - eta g`.
pub(super) fn soft(x: Double, lambda: Double) -> Double {
    assert!(lambda.is_nan() || lambda >= 0.0);
    if x.is_nan() || lambda.is_nan() {
        Double::NAN
    } else if x > lambda {
        x - lambda
    } else if x < -lambda {
        x + lambda
    } else {
        Double::ZERO
    }
}

/// `upstream` where `|x| > lambda`, else 0.
pub fn soft_threshold_backward(x: f64, lambda: f64, upstream: f64) -> f64 {
    if x.is_nan() || lambda.is_nan() || upstream.is_nan() {
        f64::NAN
    } else if x.abs() > lambda {
        upstream
    } else {
        0.0
    }
}

/// `soft(x, l1) / (1 + l2)`; both already times the step size.
pub fn elastic_net(x: f64, l1: f64, l2: f64) -> Double {
    soft_threshold(x, l1) / (1.0 + Double::from(l2))
}

/// `max(x - lambda, 0)`
pub fn nonneg_soft_threshold(x: f64, lambda: f64) -> Double {
    if x.is_nan() || lambda.is_nan() {
        Double::NAN
    } else if x > lambda {
        Double::from(x) - lambda
    } else {
        Double::ZERO
    }
}

/// `x` clamped to `low..=high`.
pub fn clamp(x: f64, low: f64, high: f64) -> Double {
    assert!(low <= high);
    Double::from(x.clamp(low, high))
}

/// `x` where `|x| > lambda`, else +0.
pub fn hard_threshold(x: f64, lambda: f64) -> Double {
    if x.is_nan() || lambda.is_nan() {
        Double::NAN
    } else if x.abs() > lambda {
        Double::from(x)
    } else {
        Double::ZERO
    }
}

/// `x / (1 + l2)`: the proximal operator of `l2 / 2 ||x||^2`.
pub fn ridge(x: f64, l2: f64) -> Double {
    x / (1.0 + Double::from(l2))
}

/// Euclidean norm.
pub fn norm(x: &[f64]) -> Double {
    let squares = x.iter().map(|x| Double::from(*x) * *x);
    squares.sum::<Double>().sqrt()
}

/// `x max(0, 1 - lambda / ||x||)` over one group, 0 where the norm is 0.
pub fn group_soft_threshold(x: &[f64], lambda: f64) -> Vec<Double> {
    let norm = norm(x);
    let shrunk = |x: &f64| {
        if norm.is_nan() || lambda.is_nan() {
            Double::NAN
        } else if norm <= lambda {
            Double::ZERO
        } else if norm.is_finite() {
            *x * ((norm - lambda) / norm)
        } else {
            Double::from(*x) // lambda / inf is 0
        }
    };
    x.iter().map(shrunk).collect()
}

/// The derivative of [`group_soft_threshold`] times `upstream`: with the unit vector
/// `e` along `x` and `a = lambda / ||x||` it is `(1 - a) upstream + a (e . upstream) e`
/// where `a < 1`, else 0.
pub fn group_soft_threshold_backward(x: &[f64], lambda: f64, upstream: &[f64]) -> Vec<Double> {
    let norm = norm(x);
    let dot: Double = x.iter().zip(upstream).map(|(x, u)| Double::from(*x) * *u).sum();
    let one = |(x, u): (&f64, &f64)| {
        if norm.is_nan() || lambda.is_nan() || u.is_nan() {
            Double::NAN
        } else if norm <= lambda {
            Double::ZERO
        } else if norm.is_finite() {
            let a = lambda / norm;
            (1.0 - a) * *u + a * (*x / norm) * (dot / norm)
        } else {
            Double::from(*u)
        }
    };
    x.iter().zip(upstream).map(one).collect()
}

/// `l1 |w| + l2 w^2 / 2` and its derivative, which is 0 at 0.
pub fn elastic_net_penalty(w: f64, l1: f64, l2: f64) -> (Double, Double) {
    let w = Double::from(w);
    // A strength of 0 is no term, of an infinite weight neither.
    let term = |x: Double, strength: f64| if strength == 0.0 { Double::ZERO } else { x * strength };
    let value = term(w.abs(), l1) + term(w * w, l2) / 2.0;
    (if w.is_nan() { w } else { value }, w.sign() * l1 + term(w, l2))
}
