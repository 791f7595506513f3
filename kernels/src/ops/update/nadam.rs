//! NAdam: Adam with Nesterov's look ahead and a momentum that rises to `beta1`, in one pass.
//!
//! The roots of the bias correction are taken out of the denominator, as in `adam`.

use super::adam::COUPLED;
use super::{Moments, Update, compiled_once};
use crate::{Element, Isa, Lanes};

/// `mu_t = beta1 (1 - 0.96^(t decay) / 2)`, and the product of the first `t` of them.
///
/// With `q = 0.96^decay` the product is `beta1^t` times that of `1 - q^i / 2`, a q-Pochhammer
/// symbol, whose logarithm has the series
/// `-sum_k 2^-k / k q^k (1 - q^(k t)) / (1 - q^k)`: `ln(1 - x) = -sum_k x^k / k`, and the sum
/// over `i` is geometric (Gasper and Rahman, "Basic hypergeometric series", 2004, appendix I).
/// So it follows from `t`, and nobody has to keep it. The first steps need no series: there
/// the product itself takes less time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RisingMomentum {
    beta1: f64,
    decay: f64,
    ln_beta1: f64,
    ln_q: f64,
}

/// `ln 0.96`, rounded.
const LN_096: f64 = -0.040_821_994_520_255_166;

/// Terms of the series: all terms have one sign, and from here on they are below `2^-54` of the
/// first.
const TERMS: u32 = 50;

/// Up to this step the product is formed factor by factor: on Zen 5 a factor takes 0.8 ns and the
/// series 700. Up to here the factors are as accurate.
const SHORT: u64 = 256;

/// A product below `e^-40` is nothing beside 1.
const NOTHING: f64 = -40.0;

impl RisingMomentum {
    /// ```
    /// let momentum = gradstep_kernels::ops::RisingMomentum::new(0.9, 0.004);
    /// assert_eq!(momentum.get(), (0.9, 0.004));
    /// ```
    #[must_use]
    pub fn new(beta1: f64, decay: f64) -> Self {
        Self { beta1, decay, ln_beta1: libm::log(beta1), ln_q: decay * LN_096 }
    }

    /// `beta1` and `decay`
    ///
    /// ```
    /// let momentum = gradstep_kernels::ops::RisingMomentum::new(0.5, 0.25);
    /// assert_eq!(momentum.get(), (0.5, 0.25));
    /// ```
    #[must_use]
    pub const fn get(self) -> (f64, f64) {
        (self.beta1, self.decay)
    }

    /// `mu_t` and `1 - mu_t`
    fn at(self, t: f64) -> (f64, f64) {
        let half = 0.5 * self.beta1 * libm::exp(t * self.ln_q);
        (self.beta1 - half, (1.0 - self.beta1) + half)
    }

    /// `mu_1 .. mu_t` and `1 - mu_1 .. mu_t`, by `t` factors.
    fn product(self, t: u64) -> (f64, f64) {
        let q = libm::exp(self.ln_q);
        let step = |(half, product, without): (f64, f64, f64)| {
            let half = half * q;
            // No difference, so nothing cancels where the product is near 1.
            let without = without + product * ((1.0 - self.beta1) + half);
            (half, product * (self.beta1 - half), without)
        };
        let (_, product, without) =
            (0..t).fold((0.5 * self.beta1, 1.0, 0.0), |state, _| step(state));
        (product, without)
    }

    /// `ln(mu_1 .. mu_t)`
    fn ln_product(self, t: f64) -> f64 {
        let term = |k: u32| {
            let k = f64::from(k);
            let x = k * self.ln_q;
            // The number of terms of the geometric sum where they are all 1.
            let sum = if x == 0.0 { t } else { libm::expm1(t * x) / libm::expm1(x) };
            libm::exp(x - k * core::f64::consts::LN_2) / k * sum
        };
        t * self.ln_beta1 - (1..=TERMS).rev().map(term).sum::<f64>()
    }

    /// Factors of gradient and average at step `t`, counted from 1:
    /// `(1 - mu_t) / (1 - mu_1 .. mu_t)` and `mu_(t+1) / (1 - mu_1 .. mu_(t+1))`: within 8 ULP for
    /// a `beta1` up to 0.9, 30 up to 0.999 and 90 up to 0.9999999, for any decay and the first 512
    /// steps, against products of 60 digits. What counts most there is the rounding of
    /// `t decay ln 0.96`, which `1 - mu_t` takes up where `beta1` is near 1.
    ///
    /// ```
    /// use gradstep_kernels::ops::RisingMomentum;
    ///
    /// // Without decay the momentum stays half of beta1.
    /// let (ahead, behind) = RisingMomentum::new(0.5, 0.0).factors(1);
    /// assert!((ahead - 1.0).abs() < 1e-15 && (behind - 0.25 / 0.9375).abs() < 1e-15);
    /// assert_eq!(RisingMomentum::new(0.5, 1e9).factors(u64::MAX), (0.5, 0.5));
    /// ```
    #[must_use]
    pub fn factors(self, t: u64) -> (f64, f64) {
        #[allow(clippy::cast_precision_loss)]
        let steps = t as f64;
        let ((mu, rest), (next, next_rest)) = (self.at(steps), self.at(steps + 1.0));
        // None of the first `t` is larger than the last.
        if steps * libm::log(mu) < NOTHING {
            return (rest, next);
        }
        if t <= SHORT {
            let (product, without) = self.product(t);
            return (rest / without, next / (without + product * next_rest));
        }
        let product = self.ln_product(steps);
        let without = |ln: f64| -libm::expm1(ln);
        (rest / without(product), next / without(product + libm::log(next)))
    }
}

/// With the averages `m` and `v` of [`Adam`](super::Adam) and their gradient `h`:
/// `w := keep w - step (ahead h + behind m) / (sqrt(v) + eps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nadam<E> {
    /// The averages.
    pub moments: Moments<E>,
    /// Decoupled decay, `1 - learning_rate * weight_decay`.
    pub keep: E,
    /// The factor of the gradient.
    pub ahead: E,
    /// The factor of the average.
    pub behind: E,
    /// `learning_rate * sqrt(1 - beta2^t)`
    pub step: E,
    /// `eps * sqrt(1 - beta2^t)`
    pub eps: E,
}

impl<E: Element> Update<E, 2> for Nadam<E> {
    compiled_once!(2);

    const STATE: [&'static str; 2] = ["m", "v"];
    const COST: f64 = 0.4;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        u8::from(self.moments.coupled_decay.is_some()) * COUPLED
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m, v]: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        let (m, v) = self.moments.next::<_, FORM>(w, g, m, v);
        let h = self.moments.gradient::<_, FORM>(w, g);
        let denominator = v.sqrt() + self.eps;
        let ratio = (h * self.ahead + m * self.behind) / denominator;
        (w * self.keep - ratio * self.step, [m, v])
    }
}
