//! Long rows, one by one: largest logit, exponentials with their sum, scaling.

use super::{BATCH, Batch, Logits};
use crate::math::{Math, exp_nonpositive};
use crate::{Float, Isa, Lanes, Targets, sweep};

#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    mut logits: Logits<'_, E>,
    classes: usize,
    class: &[usize],
    factor: &[E; BATCH],
    batch: &mut Batch<E>,
) {
    for (row, class) in class.iter().enumerate() {
        let logits = logits.range(row * classes..(row + 1) * classes);
        if *class == Targets::IGNORED {
            let mut logits = logits;
            if let Some(grad) = logits.grad() {
                grad.fill(E::ZERO);
            }
        } else {
            (batch.gap[row], batch.others[row]) = one(isa, logits, *class, factor[row]);
        }
    }
}

/// `m - x_y` and the sum of all exponentials but one maximum's.
#[inline(always)]
fn one<E: Math, I: Isa>(isa: I, mut logits: Logits<'_, E>, class: usize, factor: E) -> (E, E) {
    let splat = |x| E::Lanes::<I>::splat(isa, x);
    let largest = sweep::max::<E::Lanes<I>>(isa, logits.values());
    let gap = largest - logits.values()[class];
    let m = splat(largest);

    let sum = match &mut logits {
        Logits::Read(x) => sweep::sum(
            isa,
            *x,
            #[inline(always)]
            |x| exponential(x, m),
        ),
        Logits::Grad(x, grad) => sweep::update_sum(
            isa,
            &mut **grad,
            *x,
            #[inline(always)]
            |_: E::Lanes<I>, x| {
                let e = exponential(x, m);
                (e, e)
            },
        ),
        Logits::InPlace(x) => sweep::update_sum(
            isa,
            &mut **x,
            (),
            #[inline(always)]
            |x, ()| {
                let e = exponential(x, m);
                (e, e)
            },
        ),
    };
    // Below 2 exactly one exponential is 1, and the others may be lost beside it
    // in the sum: so they are added again without it. From 2 on nothing is lost.
    let others = if sum < 2.0 {
        match &logits {
            Logits::Read(x) => sweep::sum(
                isa,
                *x,
                #[inline(always)]
                |x| but_one(exponential(x, m)),
            ),
            Logits::Grad(_, e) => sweep::sum(isa, &**e, but_one::<E::Lanes<I>>),
            Logits::InPlace(e) => sweep::sum(isa, &**e, but_one::<E::Lanes<I>>),
        }
    } else {
        sum - 1.0
    };

    if let Some(grad) = logits.grad() {
        let denominator = 1.0 + others;
        let e_y = grad[class].to_f64();
        // The share of all classes but this one, again without a difference of
        // nearly equal numbers.
        let rest = if e_y == 1.0 { others } else { denominator - e_y };
        let factor = factor.to_f64() / denominator;
        let scale = splat(E::from_f64(factor));
        sweep::update(
            isa,
            &mut *grad,
            (),
            #[inline(always)]
            |e: E::Lanes<I>, ()| e.mul(scale),
        );
        grad[class] = E::from_f64(0.0 - rest * factor); // never -0
    }
    (gap, E::from_f64(others))
}

#[inline(always)]
pub(in crate::ops) fn exponential<L: Lanes<Elem: Math>>(x: L, largest: L) -> L {
    exp_nonpositive(x.sub(largest))
}

/// 0 in place of 1.
#[inline(always)]
pub(in crate::ops) fn but_one<L: Lanes>(e: L) -> L {
    L::select(e.eq(e.same(Float::ONE)), e.same(Float::ZERO), e)
}
