//! Longer rows, one by one: a sweep for the exponentials with their sum, one to scale them.

use super::exponentials::Exponentials;
use crate::lanes::Lanes;
use crate::math::{Math, ScaledExp};
use crate::{InOut, Isa, sweep};

/// Writes the exponentials of a row whose largest element is given.
#[inline(always)]
pub(super) fn exponentials<E: Math, I: Isa>(
    isa: I,
    mut row: InOut<'_, E>,
    m: E,
) -> Exponentials<f64> {
    let scaled = ScaledExp::new(isa.splat(m));
    let sum = sweep::update_sum_compensated(
        isa,
        row.reborrow(),
        (),
        #[inline(always)]
        |x, ()| {
            let e = scaled.exp(x);
            (e, e)
        },
    );
    let top = top(isa, scaled, m);
    others(
        top,
        sum,
        #[inline(always)]
        || {
            let top = isa.splat(top);
            let e: &[E] = row.output();
            sweep::sum_compensated(
                isa,
                e,
                #[inline(always)]
                |e| e.zero_where(e.eq(top)),
            )
        },
    )
}

/// The same for a row that is not written.
#[inline(always)]
pub(super) fn exponentials_of<E: Math, I: Isa>(isa: I, x: &[E], m: E) -> Exponentials<f64> {
    let scaled = ScaledExp::new(isa.splat(m));
    let top = top(isa, scaled, m);
    let sum = sweep::sum_compensated(
        isa,
        x,
        #[inline(always)]
        |x| scaled.exp(x),
    );
    others(
        top,
        sum,
        #[inline(always)]
        || {
            let top = isa.splat(top);
            sweep::sum_compensated(
                isa,
                x,
                #[inline(always)]
                |x| {
                    let e = scaled.exp(x);
                    e.zero_where(e.eq(top))
                },
            )
        },
    )
}

/// The exponential of the largest.
#[inline(always)]
fn top<E: Math, I: Isa>(isa: I, scaled: ScaledExp<E::Lanes<I>>, m: E) -> E {
    scaled.exp(isa.splat(m)).to_array().as_ref()[0]
}

/// All exponentials from their sum. Below twice the largest, exactly one is as large, and the
/// others may be lost beside it in the sum: so they are added `again` without it. From there
/// on nothing is lost.
#[inline(always)]
fn others<E: Math>(
    top: E,
    (sum, error): (f64, f64),
    again: impl FnOnce() -> (f64, f64),
) -> Exponentials<f64> {
    let top = top.to_f64();
    let others = if sum < 2.0 * top { again() } else { (sum - top, error) };
    Exponentials { top, others }
}
