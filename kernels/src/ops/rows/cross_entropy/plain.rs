//! Rows of few classes, in whole registers, where the target's class has all the weight: the
//! usual call, whose loop is free of options.
//!
//! With `m = max x`, `e_c` the exponentials of a row but for one factor, and the weight `k` and
//! the factor `f` of the row's target `y`:
//!
//! ```text
//! ratio           = sum_(c != argmax) e_c / e_max
//! loss            = k (m - x_y) + k ln(1 + ratio)
//! d loss / d x_c  = f k e_c / sum e                      for c != y
//! d loss / d x_y  = -f k (sum_(c != y) e_c) / sum e
//! ```

use super::Work;
use super::gradient::Gradient;
use super::target::Batch;
use super::weights::{TargetWeights, half_gap};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes};
use crate::math::Math;
use crate::ops::rows::narrow::{Transposed, differentiate, exponentiate_below, max_and_target};

/// Whether a batch has no options.
#[inline(always)]
pub(super) fn is_plain<E: Float, I: Isa>(isa: I, work: &Work<'_, E>, batch: &Batch<E>) -> bool {
    TargetWeights::new(isa, work).are_hard()
        && work.options.z_loss == 0.0
        && !(work.count_correct || batch.leaves_out)
}

/// Whether loops free of options are compiled: not for levels without a fused multiply-add or with
/// one lane, where a tenth of the time is not worth code that every debug build compiles.
#[inline(always)]
pub(super) const fn has_plain_loops<E: Float, I: Isa>() -> bool {
    I::FUSED && E::Lanes::<I>::LANES > 1
}

/// Gradients of the rows of a batch that fill registers, and what their losses are computed from;
/// returns how many these are.
pub(super) struct Plain<'a, 'w, E> {
    pub(super) work: &'a mut Work<'w, E>,
    pub(super) batch: &'a mut Batch<E>,
    pub(super) memory: &'a mut Transposed<E>,
}

impl<E: Math> Kernel for Plain<'_, '_, E> {
    type Out = usize;
    const LONG: bool = true;
    const PAIRED: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { work, batch, memory } = self;
        let shape = work.shape;
        let lanes = const { <E::Lanes<I> as Lanes>::LANES };
        let zero = isa.splat(E::ZERO);
        let strides = shape.strides(shape.stride);
        let rows = shape.rows - shape.rows % lanes;
        for from in (0..rows).step_by(lanes) {
            let x = &work.logits.values()[from * strides.row..];
            let columns = memory.read(isa, x, strides, (shape.classes, lanes));
            let (class, k) = (batch.class.load(isa, from), batch.weight.load(isa, from));
            let (max, x_of_target) = max_and_target(columns, class);
            let (exp, exponentials) = exponentiate_below(columns, max);
            let half_gap = half_gap(k, max, x_of_target);
            batch.put(from, [max, exponentials.ratio(), k, half_gap]);

            let Some((grad, stride)) = work.logits.grad(shape) else { continue };
            let (factor, factor_low) = batch.factors.load(isa, from);
            let gradient = Gradient::new(exponentials, (factor, factor_low), k, zero);
            let own = gradient.of_target(k, zero, exp.exp(x_of_target));
            let (scale, less) = (gradient.scale_without_z(), factor * zero);
            differentiate(columns, class, own, (scale, less));
            let strides = shape.strides(stride);
            memory.write(isa, &mut grad[from * strides.row..], strides, (shape.classes, lanes));
        }
        rows
    }
}
