//! Adam, AdamW and AMSGrad in one pass.
//!
//! The roots of the bias correction are taken out of the denominator,
//! `m / (sqrt(v) / r + eps) = r m / (sqrt(v) + r eps)`: one product less for each
//! element.

use super::{Tensor, Update};
use crate::{Float, Isa, Lanes, sweep};

/// What two averages keep of their past, in [0, 1), with the logarithms that powers
/// of them need.
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
        // Near 1 a logarithm is small and has all its digits; `expm1` keeps them.
        let [first, second] = self.ln.map(|ln| -libm::expm1(t * ln));
        (first, libm::sqrt(second))
    }
}

/// With `h = grad_scale g`, plus `coupled_decay w` if that is given:
/// `m := m + first_share (h - m)`, `v := second v + second_share h^2`,
/// `w := keep w - step m / (sqrt(v) + eps)`.
///
/// With a third state slice it is AMSGrad: that slice keeps the largest `v` so
/// far, which stands under the root instead.
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

/// The constants of the averages of gradient and squared gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// Decay added to the gradient.
    pub coupled_decay: Option<E>,
    /// `1 - beta1`
    pub first_share: E,
    /// `beta2`
    pub second: E,
    /// `1 - beta2`
    pub second_share: E,
}

/// These in registers.
#[derive(Clone, Copy)]
pub(super) struct Averages<L, const COUPLED: bool> {
    grad_scale: L,
    coupled_decay: L,
    first_share: L,
    second: L,
    second_share: L,
}

impl<L: Lanes, const COUPLED: bool> Averages<L, COUPLED> {
    #[inline(always)]
    pub(super) fn new(isa: L::Isa, moments: Moments<L::Elem>) -> Self {
        let splat = |x| L::splat(isa, x);
        Self {
            grad_scale: splat(moments.grad_scale),
            coupled_decay: splat(moments.coupled_decay.unwrap_or(Float::ZERO)),
            first_share: splat(moments.first_share),
            second: splat(moments.second),
            second_share: splat(moments.second_share),
        }
    }

    /// The next averages.
    #[inline(always)]
    pub(super) fn next(self, w: L, g: L, m: L, v: L) -> (L, L) {
        let scaled = g.mul(self.grad_scale);
        let h = if COUPLED { scaled.add(w.mul(self.coupled_decay)) } else { scaled };
        let m = m.add(h.sub(m).mul(self.first_share));
        // In this order no product overflows before the result does.
        (m, v.mul(self.second).add(h.mul(self.second_share).mul(h)))
    }
}

impl<E: Float> Update<E, 2> for Adam<E> {
    const COST: f64 = 0.4;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 2>]) {
        match self.moments.coupled_decay {
            Some(_) => plain::<E, I, true>(self, isa, tensors),
            None => plain::<E, I, false>(self, isa, tensors),
        }
    }
}

impl<E: Float> Update<E, 3> for Adam<E> {
    const COST: f64 = 0.5;

    #[inline(always)]
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, 3>]) {
        match self.moments.coupled_decay {
            Some(_) => amsgrad::<E, I, true>(self, isa, tensors),
            None => amsgrad::<E, I, false>(self, isa, tensors),
        }
    }
}

#[inline(always)]
fn plain<E: Float, I: Isa, const COUPLED: bool>(
    update: Adam<E>,
    isa: I,
    tensors: &mut [Tensor<'_, E, 2>],
) {
    let formula = Formula::<E::Lanes<I>, COUPLED>::new(isa, update);
    for Tensor { w, g, state: [m, v] } in tensors {
        sweep::update(
            isa,
            ((&mut **w, &mut **m), &mut **v),
            *g,
            #[inline(always)]
            |((w, m), v): ((E::Lanes<I>, _), _), g| {
                let (m, v) = formula.averages.next(w, g, m, v);
                ((formula.weight(w, m, v), m), v)
            },
        );
    }
}

#[inline(always)]
fn amsgrad<E: Float, I: Isa, const COUPLED: bool>(
    update: Adam<E>,
    isa: I,
    tensors: &mut [Tensor<'_, E, 3>],
) {
    let formula = Formula::<E::Lanes<I>, COUPLED>::new(isa, update);
    for Tensor { w, g, state: [m, v, v_max] } in tensors {
        sweep::update(
            isa,
            ((&mut **w, &mut **m), (&mut **v, &mut **v_max)),
            *g,
            #[inline(always)]
            |((w, m), (v, v_max)): ((E::Lanes<I>, _), (_, _)), g| {
                let (m, v) = formula.averages.next(w, g, m, v);
                // NaN in either one stays.
                let largest = v.max_or_self(v_max);
                let v_max = Lanes::select(v_max.is_nan(), v_max, largest);
                ((formula.weight(w, m, v_max), m), (v, v_max))
            },
        );
    }
}

/// The constants in registers.
#[derive(Clone, Copy)]
struct Formula<L, const COUPLED: bool> {
    averages: Averages<L, COUPLED>,
    keep: L,
    step: L,
    eps: L,
}

impl<L: Lanes, const COUPLED: bool> Formula<L, COUPLED> {
    #[inline(always)]
    fn new(isa: L::Isa, update: Adam<L::Elem>) -> Self {
        let splat = |x| L::splat(isa, x);
        Self {
            averages: Averages::new(isa, update.moments),
            keep: splat(update.keep),
            step: splat(update.step),
            eps: splat(update.eps),
        }
    }

    /// The next weight.
    #[inline(always)]
    fn weight(self, w: L, m: L, v: L) -> L {
        let ratio = m.div(v.sqrt().add(self.eps));
        w.mul(self.keep).sub(ratio.mul(self.step))
    }
}
