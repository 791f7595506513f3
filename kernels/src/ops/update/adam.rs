//! Adam, AdamW and AMSGrad in one pass.
//!
//! The roots of the bias correction are taken out of the denominator,
//! `m / (sqrt(v) / r + eps) = r m / (sqrt(v) + r eps)`: one product less for each
//! element.

use super::{Update, compiled_once};
use crate::{Element, Float, Isa, Lanes, select};

/// The shares of their past that two averages keep, in [0, 1), with their logarithms, from
/// which powers are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Betas {
    beta: [f64; 2],
    ln: [f64; 2],
}

impl Betas {
    /// ```
    /// let betas = gradstep_kernels::ops::Betas::new(0.9, 0.999);
    /// assert_eq!(betas.get(), [0.9, 0.999]);
    /// ```
    #[must_use]
    pub fn new(beta1: f64, beta2: f64) -> Self {
        let beta = [beta1, beta2];
        Self { beta, ln: beta.map(libm::log) }
    }

    /// `beta1` and `beta2`
    ///
    /// ```
    /// assert_eq!(gradstep_kernels::ops::Betas::new(0.5, 0.75).get(), [0.5, 0.75]);
    /// ```
    #[must_use]
    pub const fn get(self) -> [f64; 2] {
        self.beta
    }

    /// `1 - beta1^t` and `sqrt(1 - beta2^t)`, to a few ULPs for every `t`.
    ///
    /// ```
    /// use gradstep_kernels::ops::Betas;
    ///
    /// assert_eq!(Betas::new(0.5, 0.0).corrections(1), (0.5, 1.0));
    /// assert_eq!(Betas::new(0.0, 0.999).corrections(u64::MAX), (1.0, 1.0));
    /// ```
    #[must_use]
    pub fn corrections(self, t: u64) -> (f64, f64) {
        #[allow(clippy::cast_precision_loss)]
        let t = t as f64;
        // 1 - beta^t = -expm1(t ln(beta)) loses no digits where beta is near 1.
        let [first, second] = self.ln.map(|ln| -libm::expm1(t * ln));
        (first, libm::sqrt(second))
    }
}

/// The averages of gradient and squared gradient. With `h = grad_scale g`, plus
/// `coupled_decay w` if that is given:
/// `m := m + (1 - beta1) (h - m)`, `v := beta2 v + (1 - beta2) h^2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// Decay added to the gradient.
    pub coupled_decay: Option<E>,
    /// `1 - beta1`
    pub one_minus_beta1: E,
    /// `beta2`
    pub beta2: E,
    /// `1 - beta2`
    pub one_minus_beta2: E,
}

/// The form of an update that adds decay to the gradient.
pub(super) const COUPLED: u8 = 1;

impl<E: Float> Moments<E> {
    /// The gradient with its factor and decay.
    #[inline(always)]
    pub(super) fn gradient<L: Lanes<Elem = E>, const FORM: u8>(self, w: L, g: L) -> L {
        let h = g * self.grad_scale;
        if FORM & COUPLED != 0 { h + w * self.coupled_decay.unwrap_or(E::ZERO) } else { h }
    }

    /// The next averages.
    #[inline(always)]
    pub(super) fn next<L: Lanes<Elem = E>, const FORM: u8>(self, w: L, g: L, m: L, v: L) -> (L, L) {
        let h = self.gradient::<L, FORM>(w, g);
        let m = m + (h - m) * self.one_minus_beta1;
        // In this order no product overflows before the result does.
        let v = v * self.beta2 + h * self.one_minus_beta2 * h;
        (m, v)
    }
}

/// With the averages `m` and `v`: `w := keep w - step m / (sqrt(v) + eps)`.
///
/// With a third state slice it is AMSGrad: that slice keeps the largest `v` so
/// far, whose root is taken instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam<E> {
    /// The averages.
    pub moments: Moments<E>,
    /// Decoupled decay, `1 - learning_rate * weight_decay`.
    pub keep: E,
    /// `learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t)`
    pub step: E,
    /// `eps * sqrt(1 - beta2^t)`
    pub eps: E,
}

impl<E: Float> Adam<E> {
    #[inline(always)]
    fn weight<L: Lanes<Elem = E>>(self, w: L, m: L, v: L) -> L {
        w * self.keep - m / (v.sqrt() + self.eps) * self.step
    }

    fn is_coupled(self) -> u8 {
        u8::from(self.moments.coupled_decay.is_some()) * COUPLED
    }
}

impl<E: Element> Update<E, 2> for Adam<E> {
    compiled_once!(2);

    const STATE: [&'static str; 2] = ["m", "v"];
    const COST: f64 = 0.4;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        self.is_coupled()
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m, v]: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        let (m, v) = self.moments.next::<_, FORM>(w, g, m, v);
        (self.weight(w, m, v), [m, v])
    }
}

impl<E: Element> Update<E, 3> for Adam<E> {
    compiled_once!(3);

    const STATE: [&'static str; 3] = ["m", "v", "v_max"];
    const COST: f64 = 0.5;
    const FORMS: u8 = 2;

    fn form(self) -> u8 {
        self.is_coupled()
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m, v, v_max]: [E::Lanes<I>; 3],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 3]) {
        let (m, v) = self.moments.next::<_, FORM>(w, g, m, v);
        // NaN in `v` or in `v_max` stays.
        let v_max = select(v_max.is_nan(), v_max, v.max_or_self(v_max));
        (self.weight(w, m, v_max), [m, v, v_max])
    }
}
