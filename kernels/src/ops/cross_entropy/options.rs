//! What the rows of a cross-entropy have in common, and what a row's gradient is
//! made of.

use crate::Float;

/// What is the same for every row.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a, E> {
    /// `[classes]`, each at least 0.
    pub class_weights: Option<&'a [E]>,
    /// The sum of the weights, or the number of classes.
    pub total_weight: f64,
    /// `1 - smoothing`
    pub keep: f64,
    /// `smoothing / classes`
    pub share: f64,
    /// The factor of `logsumexp^2` in the loss.
    pub z_loss: f64,
}

impl<E: Float> Options<'_, E> {
    /// The weight of a class.
    #[inline(always)]
    pub(super) fn weight(&self, class: usize) -> f64 {
        self.class_weights.map_or(1.0, |weights| weights[class].to_f64())
    }

    /// Whether every class has a share in every row.
    #[inline(always)]
    pub(super) fn smooths(&self) -> bool {
        self.share != 0.0
    }
}

/// A row's exponentials, times the row's factor.
#[derive(Clone, Copy, Default)]
pub(in crate::ops) struct Exponentials {
    /// Of one maximum.
    pub(super) top: f64,
    /// Of all the others together.
    pub(super) others: f64,
}

impl Exponentials {
    /// `others / top`
    #[inline(always)]
    pub(in crate::ops) fn ratio(self) -> f64 {
        self.others / self.top
    }

    #[inline(always)]
    pub(super) fn sum(self) -> f64 {
        self.top + self.others
    }

    /// The sum of all but one exponential `e`, with no difference of nearly equal
    /// numbers.
    #[inline(always)]
    pub(super) fn without(self, e: f64) -> f64 {
        if e == self.top { self.others } else { self.sum() - e }
    }
}

/// `0 * infinity` is 0 where the 0 is a weight.
#[inline(always)]
pub(super) fn weighted(weight: f64, x: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * x }
}

/// What is left of a row when its exponentials are known.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) exponentials: Exponentials,
    /// `sum_c k_c`
    pub(super) total: f64,
    /// `2 z_loss logsumexp`
    pub(super) z: f64,
    /// Of the gradient.
    pub(super) factor: f64,
}

impl Row {
    /// The factor of each exponential in the gradient, as a sum of two numbers, so
    /// that its rounding costs nothing.
    #[inline(always)]
    pub(super) fn scale<E: Float>(&self) -> (E, E) {
        let (n, d) = ((self.total + self.z) * self.factor, self.exponentials.sum());
        let quotient = n / d;
        let high = E::from_f64(quotient);
        let low = if const { E::MANTISSA_BITS < f64::MANTISSA_BITS } {
            quotient - high.to_f64()
        } else {
            residual(n, quotient, d) / d
        };
        let low = E::from_f64(low);
        // Beside infinity there is no error to speak of.
        (high, if low.to_f64().is_finite() { low } else { E::ZERO })
    }

    /// The derivative with respect to the target's logit, for a class as target
    /// of the weight `w` and the exponential `e`, where every class has the weight
    /// `total_weight` in all and `share` of it.
    #[inline(always)]
    pub(super) fn of_target<E>(&self, e: f64, w: f64, options: &Options<'_, E>) -> f64 {
        let sum = self.exponentials.sum();
        let p = e / sum;
        let rest = self.exponentials.without(e) / sum;
        let smoothing = options.share * ((options.total_weight - w) * p - w * rest);
        // Added to 0, so that nothing is never -0.
        0.0 + (smoothing + self.z * p - options.keep * w * rest) * self.factor
    }

    /// The derivative with respect to the only largest logit, for probabilities as
    /// targets; `remaining` is the sum of `k_c` over the other classes.
    #[inline(always)]
    pub(super) fn of_largest(&self, remaining: f64) -> f64 {
        let Exponentials { top, others } = self.exponentials;
        let sum = self.exponentials.sum();
        0.0 + (remaining - self.total * (others / sum) + self.z * (top / sum)) * self.factor
    }
}

/// `n - q d` without a rounding of the product.
///
/// Source: Dekker, "A floating-point technique for extending the available
/// precision" (1971).
#[inline(always)]
fn residual(n: f64, q: f64, d: f64) -> f64 {
    let (q1, q2) = halves(q);
    let (d1, d2) = halves(d);
    let product = q * d;
    let error = ((q1 * d1 - product) + q1 * d2 + q2 * d1) + q2 * d2;
    (n - product) - error
}

/// A number as the sum of two of 26 bits.
#[inline(always)]
fn halves(x: f64) -> (f64, f64) {
    let shifted = x * f64::from((1u32 << 27) + 1);
    let high = shifted - (shifted - x);
    (high, x - high)
}
