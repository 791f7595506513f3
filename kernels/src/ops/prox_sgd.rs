//! Proximal gradient step for the elastic net: decay, step and soft-threshold in
//! one pass.

use super::elementwise;
use super::soft_threshold::soft;
use crate::{Float, Isa, Kernel, Lanes, sweep};

/// `w := soft(w - step (grad_scale g), threshold) / shrink`
///
/// A zero weight stays exactly 0 where `|grad_scale g| <= l1` if `threshold` is
/// the rounded product of `step` and `l1`: rounding is monotone.
#[derive(Debug)]
pub struct ProxSgd<'a, E> {
    /// `[n]`, overwritten.
    pub w: &'a mut [E],
    /// `[n]`
    pub g: &'a [E],
    /// Factor of the gradient.
    pub grad_scale: E,
    /// The learning rate.
    pub step: E,
    /// `step * l1`, finite and not negative.
    pub threshold: E,
    /// `1 + learning_rate * l2`, at least 1.
    pub shrink: E,
}

impl<E: Float> Kernel for ProxSgd<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let splat = |x| E::Lanes::<I>::splat(isa, x);
        let (grad_scale, step) = (splat(self.grad_scale), splat(self.step));
        let (threshold, shrink) = (splat(self.threshold), splat(self.shrink));
        let lasso = self.shrink == E::ONE;
        sweep::update(
            isa,
            self.w,
            self.g,
            #[inline(always)]
            |w: E::Lanes<I>, g| {
                let kept = soft(w.sub(g.mul(grad_scale).mul(step)), threshold);
                if lasso { kept } else { kept.div(shrink) }
            },
        );
    }
}

elementwise!(ProxSgd { mut w, ref g; grad_scale, step, threshold, shrink }, 0.1);
