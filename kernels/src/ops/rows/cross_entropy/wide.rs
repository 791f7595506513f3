//! Longer rows, one by one.

use super::Work;
use super::gradient::Gradient;
use super::target::{Batch, RowTarget};
use super::weights::Sums;
use super::wide_weights::{HalfGaps, Memory, WideWeights};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes, first_lane};
use crate::math::Math;
use crate::ops::rows::Row;
use crate::ops::rows::logsumexp::Ln1p;
use crate::ops::rows::wide::{ExponentialsOf, Exponentiate, Max, Unscaled, exponentiate_in_turn};

/// Gradients of a batch, and what its losses are computed from.
pub(super) struct Wide<'a, 'w, E> {
    pub(super) work: &'a mut Work<'w, E>,
    pub(super) batch: &'a mut Batch<E>,
}

impl<E: Math> Kernel for Wide<'_, '_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        rows(isa, self.work, self.batch);
    }
}

#[inline(always)]
fn rows<E: Math, I: Isa>(isa: I, work: &mut Work<'_, E>, batch: &mut Batch<E>) {
    let (shape, options) = (work.shape, work.options);
    let (targets, from) = (work.targets, work.from);
    let target = |r: usize| {
        if r == shape.rows {
            None
        } else {
            RowTarget::of(&targets, &options, shape.classes, from + r)
        }
    };
    let mut memory = Memory::new();
    let mut target_after = target(0);
    let mut rest = work.logits.after(shape, 0);
    let (mut before, mut known_max): (Option<Unscaled<'_, E>>, Option<E>) = (None, None);
    for r in 0..shape.rows {
        let (one, after) = rest.cut(shape, 1);
        rest = after;
        let row = one.row(shape.classes);
        let target_of_row = target_after;
        target_after = target(r + 1);
        let Some(target) = target_of_row else {
            batch.put_row(r, row.left_out());
            continue;
        };
        let x = row.values();
        let max = known_max.take().unwrap_or_else(inline!(|| isa.dispatch(Max(x))));
        let is_correct = work.count_correct && target.is_correct(x, max);
        let sums = sums(isa, options, target, x, max, &mut memory);
        let follows = target_after.is_some();
        let after = follows.then(|| &rest.values()[..shape.classes]);
        let (exponentials, grad) = match row {
            Row::Read(x) => {
                let kernel = ExponentialsOf { x, max, after: after.unwrap_or(x) };
                let (exponentials, max_after) = isa.dispatch(kernel);
                known_max = follows.then_some(max_after);
                (exponentials, None)
            }
            Row::Write(mut row) => {
                let kernel = Exponentiate { row: row.reborrow(), max };
                let exponentials;
                (exponentials, known_max) = exponentiate_in_turn(isa, kernel, before.take(), after);
                (exponentials, Some(row.into_output()))
            }
        };
        let mut ratio = [E::from_f64(exponentials.ratio())];
        let mut z = 0.0;
        if options.z_loss != 0.0 {
            isa.dispatch_apart(Ln1p(&mut ratio));
            let logsumexp: E::Lanes<I> = isa.splat(max + ratio[0]);
            z = first_lane(options.z(logsumexp).1).to_f64();
        }
        let [ratio] = ratio;
        let found = [max, ratio, E::from_f64(sums.total), E::from_f64(sums.half_gap)];
        batch.put_row(r, found);
        batch.correct += u64::from(is_correct && !ratio.is_nan());
        let Some(grad) = grad else { continue };
        let factor = (batch.factors.high[r], batch.factors.low[r]);
        let gradient = Gradient::new(
            exponentials.splat(isa),
            (isa.splat(factor.0.to_f64()), isa.splat(factor.1.to_f64())),
            isa.splat(sums.total),
            isa.splat(z),
        );
        let (scale, low) = gradient.scale();
        let scale = rounded(scale + low);
        if let Some(class) = target.even_class(&options) {
            let (share, e) = (options.share_if_even(), isa.splat(grad[class].to_f64()));
            let k = isa.splat(target.weight.to_f64() + share);
            let own = rounded(gradient.of_target(k, isa.splat(sums.remaining), e));
            let less = E::from_f64(factor.0.to_f64() * share);
            before = Some(Unscaled { row: grad, scale, less, own: Some((class, own)) });
        } else {
            let only = rounded(exponentials.splat(isa).only_max());
            let weights = WideWeights { isa, options, target };
            let remaining = weights.remaining(grad, only, &mut memory);
            let own = rounded(gradient.of_max(isa.splat(factor.0.to_f64() * remaining)));
            let factors = (scale, factor.0);
            weights.differentiate(grad, factors, (only, own), &mut memory);
        }
    }
    if let Some(last) = before {
        last.finish(isa);
    }
}

/// Sums of the target's weights over the classes of a row. Where all classes but the target's
/// weigh the same, `remaining` leaves out that one instead of the largest logits; elsewhere it is
/// 0, as [`WideWeights::remaining`] gives it where it is needed.
#[inline(always)]
fn sums<E: Math, I: Isa>(
    isa: I,
    options: super::Options<'_, E>,
    target: RowTarget<'_, E>,
    x: &[E],
    max: E,
    memory: &mut Memory<E>,
) -> Sums<f64> {
    let Some(class) = target.even_class(&options) else {
        return WideWeights { isa, options, target }.sums(x, max, memory);
    };
    let hard = target.weight;
    let half_gap = max * E::HALF - x[class] * E::HALF;
    let half_gap = if hard == E::ZERO { E::ZERO } else { hard * half_gap };
    let mut sums = Sums { total: hard.to_f64(), remaining: 0.0, half_gap: half_gap.to_f64() };
    let share = options.share_if_even();
    if share != 0.0 {
        // Exact below 2^53 classes.
        let rest = (x.len() - 1) as f64 * share;
        sums.total += rest + share;
        sums.remaining = rest;
        sums.half_gap += isa.dispatch(HalfGaps { x, max, weight: E::from_f64(share) });
    }
    sums
}

/// The first lane, rounded.
#[inline(always)]
fn rounded<E: Float, L: Lanes<Elem = f64>>(x: L) -> E {
    E::from_f64(first_lane(x))
}
