//! Softmax and its cross-entropy, row by row: the specification, section 4.
//!
//! Every loss is `sum_c a_c (lse - x_c) + zeta lse^2` with coefficients `a`:
//! `(1-eps) w_y [c = y] + (eps/C) w_c` for a class index `y`, and
//! `w_c ((1-eps) q_c + eps/C)` for probabilities `q`. Its gradient is
//! `p_j sum a - a_j + 2 zeta lse p_j`.
//!
//! A row that has NaN or +inf, or nothing but -inf, is NaN throughout. A logit
//! of -inf beside finite ones has probability 0; a coefficient of 0 removes its
//! term even then.

use super::Double;
use super::pointwise::Reduction;

/// What a row should be.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A class.
    Index(i128),
    /// A share of each class.
    Probabilities(&'a [f64]),
}

/// Options of the loss.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// One per class.
    pub class_weights: Option<&'a [f64]>,
    /// Share of the uniform distribution in the target.
    pub label_smoothing: f64,
    /// Rows with this target count for nothing.
    pub ignore_index: Option<i128>,
    /// Factor of `lse^2`.
    pub z_loss: f64,
}

/// What a row gives.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its loss.
    pub loss: Double,
    /// The derivative by each logit.
    pub grad: Vec<Double>,
    /// Magnitudes of the terms that each element of the gradient is a sum of.
    pub terms: Vec<Double>,
    /// What the row adds to the denominator of the mean: the weight of its
    /// class, 1 for probabilities, 0 if ignored.
    pub weight: Double,
    /// Whether it counts for nothing.
    pub ignored: bool,
    /// The logarithm of the sum of exponentials.
    pub logsumexp: Double,
    /// First largest logit; `None` where the row is NaN or ignored.
    pub argmax: Option<usize>,
}

impl Row {
    /// The row, times its weight; 0 where that is 0, unless the row is NaN.
    pub fn weighted(self, weight: f64) -> Self {
        let times = |x: Double| {
            let removed = weight == 0.0 && !x.to_f64().is_nan();
            if removed { Double::ZERO } else { x * weight }
        };
        let all = |x: Vec<Double>| x.into_iter().map(times).collect();
        Self {
            loss: times(self.loss),
            grad: all(self.grad),
            terms: all(self.terms),
            weight: times(self.weight),
            ..self
        }
    }
}

/// A row of logits whose softmax exists.
struct Softmax {
    argmax: usize,
    max: Double,
    /// `e^(x - max)`
    exps: Vec<Double>,
    /// Sum of `exps` without the one at `argmax`.
    rest: Double,
}

impl Softmax {
    fn new(x: &[f64]) -> Option<Self> {
        assert!(!x.is_empty());
        if x.iter().any(|x| x.is_nan() || *x == f64::INFINITY) {
            return None;
        }
        let argmax = (0..x.len()).reduce(|best, c| if x[c] > x[best] { c } else { best })?;
        if x[argmax] == f64::NEG_INFINITY {
            return None;
        }
        let max = Double::from(x[argmax]);
        let exps: Vec<_> = x.iter().map(|x| (*x - max).exp()).collect();
        let others = exps.iter().enumerate().filter(|(c, _)| *c != argmax);
        let rest = others.map(|(_, e)| *e).sum();
        Some(Self { argmax, max, exps, rest })
    }

    fn probability(&self, class: usize) -> Double {
        self.exps[class] / (self.rest + 1.0)
    }

    /// `1 - probability`, without cancellation.
    fn complement(&self, class: usize) -> Double {
        let others = if class == self.argmax {
            self.rest
        } else {
            self.rest + 1.0 - self.exps[class] // at least 1
        };
        others / (self.rest + 1.0)
    }

    /// `lse - x`: the maximum and the logarithm are never added first.
    fn negative_log(&self, x: f64) -> Double {
        (self.max - x) + self.rest.ln_1p()
    }

    fn logsumexp(&self) -> Double {
        self.max + self.rest.ln_1p()
    }
}

/// `e^x / sum e^x`
pub fn softmax(x: &[f64]) -> Vec<Double> {
    match Softmax::new(x) {
        Some(s) => (0..x.len()).map(|c| s.probability(c)).collect(),
        None => vec![Double::NAN; x.len()],
    }
}

/// `ln softmax(x)`
pub fn log_softmax(x: &[f64]) -> Vec<Double> {
    match Softmax::new(x) {
        Some(s) => x.iter().map(|x| -s.negative_log(*x)).collect(),
        None => vec![Double::NAN; x.len()],
    }
}

/// `ln sum e^x`
pub fn logsumexp(x: &[f64]) -> Double {
    Softmax::new(x).map_or(Double::NAN, |s| s.logsumexp())
}

/// Gradient of `sum upstream * softmax(x)`.
pub fn softmax_backward(x: &[f64], upstream: &[f64]) -> Vec<Double> {
    let p = softmax(x);
    let mean: Double = p.iter().zip(upstream).map(|(p, u)| *p * *u).sum();
    p.iter().zip(upstream).map(|(p, u)| *p * (*u - mean)).collect()
}

/// Gradient of `sum upstream * log_softmax(x)`.
pub fn log_softmax_backward(x: &[f64], upstream: &[f64]) -> Vec<Double> {
    let total: Double = upstream.iter().map(|u| Double::from(*u)).sum();
    softmax(x).iter().zip(upstream).map(|(p, u)| *u - *p * total).collect()
}

/// Gradient of `upstream * logsumexp(x)`.
pub fn logsumexp_backward(x: &[f64], upstream: f64) -> Vec<Double> {
    softmax(x).iter().map(|p| *p * upstream).collect()
}

/// The coefficients of the row and its weight in the mean.
fn coefficients(classes: usize, target: Target, options: &Options) -> (Vec<Double>, Double) {
    let smoothing = Double::from(options.label_smoothing);
    let weight = |c: usize| Double::from(options.class_weights.map_or(1.0, |w| w[c]));
    let uniform = smoothing / classes as f64;
    match target {
        Target::Index(y) => {
            let y = usize::try_from(y).ok().filter(|y| *y < classes);
            let y = y.expect("target out of range");
            let one_hot = |c| {
                if c == y { (1.0 - smoothing) * weight(y) } else { Double::ZERO }
            };
            ((0..classes).map(|c| one_hot(c) + uniform * weight(c)).collect(), weight(y))
        }
        Target::Probabilities(q) => {
            assert_eq!(q.len(), classes);
            let a = |c| weight(c) * ((1.0 - smoothing) * q[c] + uniform);
            ((0..classes).map(a).collect(), Double::ONE)
        }
    }
}

/// `sum_{i != j} a_i` for every `j`, without subtraction.
fn sums_of_others(a: &[Double]) -> Vec<Double> {
    let mut total = Double::ZERO;
    let mut sums = Vec::with_capacity(a.len());
    for a in a {
        sums.push(total);
        total = total + *a;
    }
    total = Double::ZERO;
    for (sum, a) in sums.iter_mut().zip(a).rev() {
        *sum = *sum + total;
        total = total + *a;
    }
    sums
}

/// Loss and gradient of one row.
pub fn row(x: &[f64], target: Target, options: &Options) -> Row {
    let classes = x.len();
    if let (Target::Index(y), Some(ignored)) = (target, options.ignore_index)
        && y == ignored
    {
        return Row {
            loss: Double::ZERO,
            grad: vec![Double::ZERO; classes],
            terms: vec![Double::ZERO; classes],
            weight: Double::ZERO,
            ignored: true,
            logsumexp: Double::ZERO,
            argmax: None,
        };
    }
    let (a, weight) = coefficients(classes, target, options);
    let Some(s) = Softmax::new(x) else {
        return Row {
            loss: Double::NAN,
            grad: vec![Double::NAN; classes],
            terms: vec![Double::NAN; classes],
            weight,
            ignored: false,
            logsumexp: Double::NAN,
            argmax: None,
        };
    };
    let term = |(a, x): (&Double, &f64)| {
        if a.is_zero() { Double::ZERO } else { *a * s.negative_log(*x) }
    };
    let lse = s.logsumexp();
    let zeta = Double::from(options.z_loss);
    let loss = a.iter().zip(x).map(term).sum::<Double>() + zeta * lse * lse;
    // p_j sum a - a_j = p_j (sum of the other a) - a_j (1 - p_j): for the class
    // of a one-hot target the first product is 0 and nothing cancels.
    let others = sums_of_others(&a);
    let gradient = |j: usize| {
        let p = s.probability(j);
        p * others[j] - a[j] * s.complement(j) + zeta * lse * p * 2.0
    };
    let grad = (0..classes).map(gradient).collect();
    let magnitude = |j: usize| {
        let p = s.probability(j);
        p * others[j] + a[j] * s.complement(j) + zeta * lse.abs() * p * 2.0
    };
    let terms = (0..classes).map(magnitude).collect();
    Row { loss, grad, terms, weight, ignored: false, logsumexp: lse, argmax: Some(s.argmax) }
}

/// First derivatives of a row with a class as target, and the diagonal of the second ones.
pub fn grad_hess(x: &[f64], target: usize) -> (Vec<Double>, Vec<Double>) {
    let nan = || vec![Double::NAN; x.len()];
    let Some(s) = Softmax::new(x) else { return (nan(), nan()) };
    let slope = |c| if c == target { -s.complement(c) } else { s.probability(c) };
    let second = |c| s.probability(c) * s.complement(c);
    ((0..x.len()).map(slope).collect(), (0..x.len()).map(second).collect())
}

/// What a batch gives.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The reduced loss.
    pub loss: Double,
    /// `[rows * classes]`, already divided.
    pub grad: Vec<Double>,
    /// Row by row.
    pub rows: Vec<Row>,
    /// What the sum was divided by.
    pub denominator: Double,
}

/// All rows and their reduction. The mean over nothing is NaN (the default
/// `EmptyMean`); what is 0 before the division stays 0 in the gradient.
pub fn batch(
    x: &[f64],
    classes: usize,
    targets: &[Target],
    options: &Options,
    reduction: Reduction,
) -> Batch {
    assert_eq!(x.len(), classes * targets.len());
    let rows = x.chunks_exact(classes).zip(targets).map(|(x, target)| row(x, *target, options));
    reduced(rows.collect(), reduction)
}

/// The reduction of rows.
pub fn reduced(rows: Vec<Row>, reduction: Reduction) -> Batch {
    let denominator = reduction.denominator(rows.iter().map(|row| row.weight).sum());
    let loss = rows.iter().map(|row| row.loss).sum::<Double>() / denominator;
    let divide = |g: &Double| if g.is_zero() { *g } else { *g / denominator };
    let grad = rows.iter().flat_map(|row| row.grad.iter().map(divide)).collect();
    Batch { loss, grad, rows, denominator }
}

/// Class indices as targets.
pub fn indices<T: Copy + TryInto<i128>>(targets: &[T]) -> Vec<Target<'static>> {
    let index = |t: &T| (*t).try_into().ok().expect("fits i128");
    targets.iter().map(|t| Target::Index(index(t))).collect()
}
