//! Long rows, one by one: largest logit, exponentials with their sum, scaling.

use super::mixed::{Mixed, mix, share, smooth, soften};
use super::row::{Exponentials, Row, weighted};
use super::{Batch, Logits, Work, is_hit, likeliest};
use crate::lanes::narrowed;
use crate::math::{Math, ScaledExp, ln_1p};
use crate::{Classes, Float, Isa, Lanes, sweep};

#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(isa: I, mut work: Work<'_, E>, batch: &mut Batch<E>) {
    let (shape, options) = (work.shape, work.options);
    for r in 0..shape.rows {
        let mut logits = work.logits.row(shape, r);
        let class = work.class.get(r).copied().filter(|_| work.probabilities.is_none());
        if class == Some(Classes::IGNORED) {
            if let Some((grad, _)) = logits.grad(shape) {
                grad.fill(E::ZERO);
            }
            continue;
        }
        let said = work.probabilities.map(|q| &q[r * shape.classes..][..shape.classes]);
        let x = logits.values();
        let largest = sweep::max(isa, x);
        let target = class.or(said.map(likeliest));
        let hit = work.count_hits && target.is_some_and(|y| is_hit(x, largest, y));

        // What the target says, before exponentials may replace the logits.
        let (mut total, mut linear, mut remaining) = (1.0, 0.0, 0.0);
        if let Some(q) = said {
            let Mixed { gap, of_maxima, others } = mix(isa, x, q, options, largest);
            (total, linear, remaining) = (of_maxima + others, gap, others);
        }
        if let Some(y) = class {
            let hard = options.keep * options.weight(y);
            let gap = (largest - x[y]).to_f64();
            (total, linear) = (hard, at_first(weighted(splat(isa, hard), splat(isa, gap))));
            if options.smooths() {
                total += options.share * options.total_weight;
                linear += options.share * smooth(isa, x, options, largest);
            }
        }

        let exponentials = exponentials(isa, &mut logits, largest);
        let ratio = ratio::<E, I>(isa, exponentials);
        batch.largest[r] = largest;
        batch.ratio[r] = ratio;
        batch.total[r] = E::from_f64(total);
        batch.linear[r] = E::from_f64(linear);
        batch.hits += u64::from(hit && !ratio.is_nan());

        let Some((grad, _)) = logits.grad(shape) else { continue };
        let z = if options.z_loss == 0.0 {
            0.0
        } else {
            2.0 * options.z_loss * logsumexp::<E, I>(isa, largest, ratio)
        };
        let row = Row {
            exponentials: exponentials.splat(isa),
            total: splat(isa, total),
            z: splat(isa, z),
            factor: splat(isa, work.factor[r]),
        };
        let m = isa.splat(largest);
        let high = narrowed(
            m,
            #[inline(always)]
            |_| row.scale(),
        );
        let low = narrowed(
            m,
            #[inline(always)]
            |i| row.scale_error(high.widen().as_ref()[i]),
        );
        let scale = (high, low);
        if let Some(q) = said {
            let only = exponentials.others < exponentials.top;
            let top = E::from_f64(if only { exponentials.top } else { f64::NAN });
            let of_top = E::from_f64(at_first(row.of_largest(splat(isa, remaining))));
            soften(isa, grad, q, options, (scale, work.factor[r]), (top, of_top));
        }
        let e = class.map(|y| grad[y].to_f64());
        if class.is_some() && options.smooths() {
            share(isa, grad, options, scale, work.factor[r]);
        } else if said.is_none() {
            sweep::update(
                isa,
                &mut *grad,
                (),
                #[inline(always)]
                |e: E::Lanes<I>, ()| scaled(e, scale),
            );
        }
        if let (Some(y), Some(e)) = (class, e) {
            let weight = splat(isa, options.weight(y));
            grad[y] = E::from_f64(at_first(row.of_target(splat(isa, e), weight, options)));
        }
    }
}

#[inline(always)]
fn splat<I: Isa>(isa: I, x: f64) -> I::F64 {
    isa.splat(x)
}

#[inline(always)]
fn at_first<L: Lanes>(x: L) -> L::Elem {
    x.to_array().as_ref()[0]
}

/// `others / top`
#[inline(always)]
pub(in crate::ops) fn ratio<E: Float, I: Isa>(isa: I, row: Exponentials<f64>) -> E {
    E::from_f64(at_first(row.splat(isa).ratio()))
}

/// A factor as the sum of two numbers.
pub(super) type Parts<L> = (L, L);

/// `e` times a factor of two parts.
#[inline(always)]
pub(super) fn scaled<L: Lanes>(e: L, (high, low): Parts<L>) -> L {
    e.mul_add(high, e * low)
}

/// The logarithm of a row's sum of exponentials, as the losses have it.
#[inline(always)]
fn logsumexp<E: Math, I: Isa>(isa: I, largest: E, ratio: E) -> f64 {
    let l = ln_1p(isa.splat(ratio));
    at_first(l.splat(largest) + l).to_f64()
}

/// The exponentials of a row, in place of the gradient if there is one.
#[inline(always)]
fn exponentials<E: Math, I: Isa>(
    isa: I,
    logits: &mut Logits<'_, E>,
    largest: E,
) -> Exponentials<f64> {
    let scaled = ScaledExp::new(isa.splat(largest));
    let (e, sum): (&[E], _) = match logits {
        Logits::Read(x) => return read_only(isa, x, largest),
        Logits::Grad(x, grad) if scaled.is_direct() => {
            let sum = sweep::update_sum_compensated(
                isa,
                &mut **grad,
                *x,
                #[inline(always)]
                |_: E::Lanes<I>, x| {
                    let e = scaled.exp_reducible(x);
                    (e, e)
                },
            );
            (grad, sum)
        }
        Logits::Grad(x, grad) => {
            sweep::update(
                isa,
                &mut **grad,
                *x,
                #[inline(always)]
                |_: E::Lanes<I>, x| scaled.reducible(x),
            );
            let sum = exponentiate(isa, grad, scaled);
            (grad, sum)
        }
        Logits::InPlace(x) => {
            if !scaled.is_direct() {
                sweep::update(
                    isa,
                    &mut **x,
                    (),
                    #[inline(always)]
                    |x: E::Lanes<I>, ()| scaled.reducible(x),
                );
            }
            let sum = exponentiate(isa, x, scaled);
            (x, sum)
        }
    };
    let top = top::<E, I>(isa, scaled, largest);
    let others = others(
        top.to_f64(),
        sum,
        #[inline(always)]
        || {
            let top = isa.splat(top);
            sweep::sum_compensated(
                isa,
                e,
                #[inline(always)]
                |e: E::Lanes<I>| but_top(e, top),
            )
        },
    );
    Exponentials { top: top.to_f64(), others }
}

/// Replaces a row that is reducible by its exponentials, and returns their sum.
#[inline(always)]
fn exponentiate<E: Math, I: Isa>(
    isa: I,
    x: &mut [E],
    scaled: ScaledExp<E::Lanes<I>>,
) -> (f64, f64) {
    sweep::update_sum_compensated(
        isa,
        x,
        (),
        #[inline(always)]
        |x: E::Lanes<I>, ()| {
            let e = scaled.exp_reducible(x);
            (e, e)
        },
    )
}

/// The exponentials of a row that is not written.
#[inline(always)]
pub(in crate::ops) fn read_only<E: Math, I: Isa>(isa: I, x: &[E], largest: E) -> Exponentials<f64> {
    let scaled = ScaledExp::new(isa.splat(largest));
    let top = top::<E, I>(isa, scaled, largest);
    let sum = sweep::sum_compensated(
        isa,
        x,
        #[inline(always)]
        |x: E::Lanes<I>| scaled.exp(x),
    );
    let others = others(
        top.to_f64(),
        sum,
        #[inline(always)]
        || {
            let top = isa.splat(top);
            sweep::sum_compensated(
                isa,
                x,
                #[inline(always)]
                |x: E::Lanes<I>| but_top(scaled.exp(x), top),
            )
        },
    );
    Exponentials { top: top.to_f64(), others }
}

/// The exponential of the largest.
#[inline(always)]
fn top<E: Math, I: Isa>(isa: I, scaled: ScaledExp<E::Lanes<I>>, largest: E) -> E {
    at_first(scaled.exp(isa.splat(largest)))
}

/// 0 in place of the largest.
#[inline(always)]
fn but_top<L: Lanes>(e: L, top: L) -> L {
    e.zero_where(e.eq(top))
}

/// The sum of all exponentials but one maximum's, from the sum of all. Below twice
/// the largest, exactly one is as large, and the others may be lost beside it in
/// the sum: so they are added `again` without it. From there on nothing is lost.
#[inline(always)]
fn others(top: f64, (sum, error): (f64, f64), again: impl FnOnce() -> (f64, f64)) -> f64 {
    if sum < 2.0 * top {
        let (sum, error) = again();
        return sum + error;
    }
    (sum - top) + error
}
