//! Longer rows, one by one.

use super::Work;
use super::target::{Batch, likeliest, weighted};
use super::weights::{Sums, TargetWeights};
use crate::lanes::{Aligned, Float, Isa, Lanes};
use crate::math::{Math, ln_1p};
use crate::ops::rows::{BATCH, Row};
use crate::ops::rows::wide::{exponentials, exponentials_of};
use crate::{Classes, Targets, sweep};

/// What losses are made of, of each row.
struct Found<E> {
    /// `m`
    largest: Aligned<[E; BATCH]>,
    /// `others / top`
    ratio: Aligned<[E; BATCH]>,
    /// `sum_c k_c`
    total: Aligned<[E; BATCH]>,
    /// `sum_c k_c (m - x_c) / 2`
    half_gap: Aligned<[E; BATCH]>,
}

/// Losses and gradients of a batch.
#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(isa: I, work: &mut Work<'_, E>, batch: &mut Batch<E>) {
    let zero = || Aligned([E::ZERO; BATCH]);
    let mut found = Found { largest: zero(), ratio: zero(), total: zero(), half_gap: zero() };
    let target = TargetWeights::new(isa, work);
    for r in 0..work.shape.rows {
        let class = match work.targets {
            Targets::Classes(classes) => Some(classes.get(work.from + r)),
            _ => None,
        };
        if class != Some(Classes::IGNORED) {
            row(isa, work, (r, class), &target, batch, &mut found);
        } else if let Some((grad, stride)) = work.logits.grad(work.shape) {
            grad[r * stride..][..work.shape.classes].fill(E::ZERO);
        }
    }
    let (rows, options) = (work.shape.rows, work.options);
    sweep::map(
        isa,
        (
            &found.largest.0[..rows],
            &found.ratio.0[..rows],
            &found.total.0[..rows],
            &found.half_gap.0[..rows],
        ),
        (&mut batch.losses[..rows], &mut batch.logsumexp[..rows]),
        #[inline(always)]
        |(m, ratio, total, half_gap)| {
            let l = ln_1p(ratio);
            let loss = half_gap + half_gap + weighted(total, l);
            if options.z_loss == 0.0 {
                return (loss, m + l);
            }
            (loss + options.z(m + l).0, m + l)
        },
    );
}

#[inline(always)]
fn row<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    (r, class): (usize, Option<usize>),
    target: &TargetWeights<I, E>,
    batch: &mut Batch<E>,
    found: &mut Found<E>,
) {
    let (shape, options) = (work.shape, work.options);
    let x = &work.logits.values()[r * shape.stride..][..shape.classes];
    let probabilities = work.probabilities(r);
    let m = sweep::max(isa, x);
    let mut hit = false;
    if work.count_hits {
        let class = match (class, probabilities) {
            (Some(class), _) => class,
            (None, Some(q)) => likeliest(&q[..shape.classes]),
            _ => 0,
        };
        hit = x[class] == m && !x[..class].contains(&m);
    }
    let hard = batch.weight[r];
    let known = (class, hard, probabilities);
    let sums = match class {
        Some(class) if target.are_hard() => {
            let half_gap = m * E::HALF - x[class] * E::HALF;
            let half_gap = if hard == E::ZERO { E::ZERO } else { hard * half_gap };
            Sums { total: hard.to_f64(), remaining: 0.0, half_gap: half_gap.to_f64() }
        }
        _ => target.sums(options, known, x, m),
    };
    let exponentials = match work.logits.row(shape, r) {
        Row::Read(x) => exponentials_of(isa, x, m),
        Row::Write(row) => exponentials(isa, row, m),
    };
    let ratio = E::from_f64(exponentials.ratio());
    batch.hits += u64::from(hit && !ratio.is_nan());
    found.largest.0[r] = m;
    found.ratio.0[r] = ratio;
    found.total.0[r] = E::from_f64(sums.total);
    found.half_gap.0[r] = E::from_f64(sums.half_gap);

    let Some((grad, stride)) = work.logits.grad(shape) else { return };
    let grad = &mut grad[r * stride..][..shape.classes];
    let mut z = 0.0;
    if options.z_loss != 0.0 {
        let m = isa.splat(m);
        z = options.z(m + ln_1p(m.splat(ratio))).1.to_array().as_ref()[0].to_f64();
    }
    let (sum, error) = exponentials.sum();
    let factor = batch.factors.high[r].to_f64();
    let share = factor / (sum + error);
    let scale = E::from_f64((sums.total + z) * share);
    if target.are_hard() {
        let Some(class) = class else { return };
        let e = grad[class].to_f64();
        // Added to 0, so that nothing is -0.
        let (rest, error) = exponentials.without(e);
        let own = 0.0 + (z * e - sums.total * (rest + error)) * share;
        sweep::update(
            isa,
            &mut *grad,
            (),
            #[inline(always)]
            |e, ()| e * scale,
        );
        grad[class] = E::from_f64(own);
        return;
    }
    let top = exponentials.top;
    let others = exponentials.others.0 + exponentials.others.1;
    let only = E::from_f64(if others < top { top } else { f64::NAN });
    let own = 0.0 + (z * top - sums.total * others) * share + factor * sums.remaining;
    target.differentiate(options, known, grad, (scale, batch.factors.high[r]), (only, E::from_f64(own)));
}
