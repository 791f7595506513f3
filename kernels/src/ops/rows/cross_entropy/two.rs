//! Two classes: one sigmoid of the difference of the logits.
//!
//! With `d = x_1 - x_0`, `e = exp(-|d|)` and the target's weights `k_0` and `k_1`:
//!
//! ```text
//! loss            = k_0 (max(d, 0) + ln(1 + e)) + k_1 (max(-d, 0) + ln(1 + e))
//! p_1             = (e if d < 0 else 1) / (1 + e),   p_0 = (1 if d < 0 else e) / (1 + e)
//! d loss / d x_1  = k_0 p_1 - k_1 p_0                   = -d loss / d x_0
//! ```
//!
//! The difference is exact, as the sum of two numbers, so nothing rounds before the
//! exponential.

use super::Work;
use super::plain::{has_plain_loops, is_plain};
use super::target::{Batch, LEFT_OUT, weighted};
use super::weights::TargetWeights;
use crate::Kernel;
use crate::lanes::{Isa, Lanes, Mask, first_lane, select};
use crate::math::{Math, ScaledExp, ln_1p_unit};
use crate::ops::rows::narrow::{Transposed, gather, scatter};

/// Losses and gradients of a batch.
#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
) {
    // A condition that the compiler knows, so that it leaves out what is not called.
    if const { has_plain_loops::<E, I>() } && is_plain(isa, work, batch) {
        return isa.dispatch_apart(Two::<_, true> { work, memory, batch });
    }
    isa.dispatch_apart(Two::<_, false> { work, memory, batch });
}

/// Losses and gradients of a batch; in the usual call, which is `PLAIN`, nothing asks for options.
struct Two<'a, 'w, E, const PLAIN: bool> {
    work: &'a mut Work<'w, E>,
    memory: &'a mut Transposed<E>,
    batch: &'a mut Batch<E>,
}

impl<E: Math, const PLAIN: bool> Kernel for Two<'_, '_, E, PLAIN> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = PLAIN;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { work, memory, batch } = self;
        rows::<E, I, PLAIN>(isa, work, memory, batch);
    }
}

#[allow(clippy::eq_op)] // 0 of a number, NaN of infinity and NaN
#[inline(always)]
fn rows<E: Math, I: Isa, const PLAIN: bool>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
) {
    let (shape, options) = (work.shape, work.options);
    let lanes = const { <E::Lanes<I> as Lanes>::LANES };
    let zero = isa.splat(E::ZERO);
    let scaled = ScaledExp::new(zero);
    let exp_max = scaled.exp(zero);
    let unit = E::ONE / first_lane(exp_max);
    let weights = TargetWeights::new(isa, work);
    let mut columns = [zero.to_array(); 2];
    let strides = shape.strides(shape.stride);
    for from in (0..shape.rows).step_by(lanes) {
        let count = lanes.min(shape.rows - from);
        let x = &work.logits.values()[from * strides.row..];
        gather(x, strides, count, zero, &mut columns);
        let (mut x0, mut x1) =
            (E::Lanes::<I>::load(isa, &columns[0]), E::Lanes::<I>::load(isa, &columns[1]));
        let (class, hard) = (batch.class.load(isa, from), batch.weight.load(isa, from));
        let (factor, _) = batch.factors.load(isa, from);
        if !PLAIN && batch.leaves_out {
            let left_out = class.eq(isa.splat(E::from_f64(LEFT_OUT)));
            (x0, x1) = (x0.zero_where(left_out), x1.zero_where(left_out));
        }

        let d = x1 - x0;
        // Knuth's rounding error of the difference; 0 where that is infinite.
        let taken = d - x1;
        let error = (x1 - (d - taken)) - (x0 + taken);
        let error = error.keep_where(d.abs().lt(isa.splat(E::INFINITY)));
        // `max - max` makes the row of a logit of +inf NaN.
        let max = x0.max_or_self(x1);
        let negative = d.lt(zero);
        let low = select(negative, error, -error);
        let e = scaled.exp_of_pair(-d.abs(), low) + (max - max);
        let unscaled = e * unit;
        let l = ln_1p_unit(unscaled);

        let (k0, k1) = if PLAIN || weights.are_hard() {
            let k1 = class * hard;
            (hard - k1, k1)
        } else {
            let k = weights.of_rows(work, batch, (from, count), memory);
            (E::Lanes::<I>::load(isa, &k[0]), E::Lanes::<I>::load(isa, &k[1]))
        };
        // Half of the difference, because the difference may overflow.
        let half = x1 * E::HALF - x0 * E::HALF;
        let (up, down) = (zero.max_or_self(half), zero.max_or_self(-half));
        let half_gap = weighted(k0, up) + weighted(k1, down);
        let mut loss = half_gap + half_gap + (k0 + k1) * l;

        let (n0, n1) = (select(negative, exp_max, e), select(negative, e, exp_max));
        let q = factor * unit / (unscaled + E::ONE);
        let c = k1.neg_mul_add(n0, k0 * n1);
        let (mut g0, mut g1) = (zero - c, c + E::ZERO);
        let kept = class.ge(zero);
        let logsumexp = if PLAIN { max + l } else { (max + l).keep_where(kept) };
        if !PLAIN && options.z_loss != 0.0 {
            let (square, z) = options.z(logsumexp);
            loss = loss + square.keep_where(kept);
            let z = z.keep_where(kept);
            (g0, g1) = (z.mul_add(n0, g0), z.mul_add(n1, g1));
        }
        batch.losses.store(from, loss);
        batch.logsumexp.store(from, logsumexp);
        if !PLAIN && work.count_correct {
            let predicted = select(negative, zero, isa.splat(E::ONE));
            let predicted = select(d.eq(zero), zero, predicted);
            batch.correct += (class.eq(predicted) & !l.is_nan()).count() as u64;
        }
        let Some((grad, stride)) = work.logits.grad(shape) else { continue };
        (g0 * q).store(&mut columns[0]);
        (g1 * q).store(&mut columns[1]);
        let strides = shape.strides(stride);
        scatter::<E::Lanes<I>>(isa, &columns, &mut grad[from * strides.row..], strides, count);
    }
}
