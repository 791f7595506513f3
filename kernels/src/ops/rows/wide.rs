//! Longer rows, one by one: a sweep for the exponentials with their sum, one to scale them.
//!
//! The sweep of exponentials also scales the row before and finds the largest element of the row
//! after, which takes no longer: its arithmetic hides the time of their memory accesses. Each
//! sweep is a kernel, so that everything on rows shares one compiled function.

use super::exponentials::Exponentials;
use crate::lanes::{Float, Isa, Lanes, first_lane};
use crate::math::{Math, ScaledExp, eft::two_sum};
use crate::sweep::{self, Padded};
use crate::{InOut, Kernel};
use core::cell::Cell;

/// The largest element of a row, NaN passed over.
pub(super) struct Max<'a, E>(pub(super) &'a [E]);

impl<E: Math> Kernel for Max<'_, E> {
    type Out = E;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> E {
        sweep::max(isa, self.0)
    }
}

/// Multiplies a row by a factor, the first number, and subtracts the second.
pub(super) struct ScaleAndSubtract<'a, E>(pub(super) &'a mut [E], pub(super) E, pub(super) E);

impl<E: Math> Kernel for ScaleAndSubtract<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let (factor, less) = (isa.splat(self.1), isa.splat(-self.2));
        sweep::update(isa, self.0, (), inline!(|x, ()| x.mul_add(factor, less)));
    }
}

/// Replaces a row by its exponentials.
pub(super) struct Exponentiate<'a, E> {
    pub(super) row: InOut<'a, E>,
    /// The largest element.
    pub(super) max: E,
}

impl<E: Math> Kernel for Exponentiate<'_, E> {
    type Out = Exponentials<f64>;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Exponentials<f64> {
        let Self { row, max } = self;
        let scaled = ScaledExp::new(isa.splat(max));
        let mut row = reducible(isa, row, scaled);
        let sum = sweep::update_sum_compensated(
            isa,
            row.reborrow(),
            (),
            inline!(|x, ()| {
                let e = scaled.exp_reducible(x);
                (e, e)
            }),
        );
        found(isa, row, exp_max(isa, scaled, max), sum)
    }
}

/// Exponentials that are still to be scaled: each `e` becomes `e scale - less`, but for one that
/// has a result of its own.
pub(super) struct Unscaled<'a, E> {
    pub(super) row: &'a mut [E],
    pub(super) scale: E,
    pub(super) less: E,
    /// The class of that one, and its result.
    pub(super) own: Option<(usize, E)>,
}

impl<E: Math> Unscaled<'_, E> {
    /// Scales them in a sweep of their own.
    #[inline(always)]
    pub(super) fn finish<I: Isa>(self, isa: I) {
        isa.dispatch(ScaleAndSubtract(&mut *self.row, self.scale, self.less));
        self.put_own();
    }

    #[inline(always)]
    fn put_own(self) {
        if let Some((class, own)) = self.own {
            self.row[class] = own;
        }
    }
}

/// Runs [`Exponentiate`] and scales the row before. Also returns the largest element of the row
/// after, where both are given.
#[inline(always)]
pub(super) fn exponentiate_in_turn<E: Math, I: Isa>(
    isa: I,
    kernel: Exponentiate<'_, E>,
    before: Option<Unscaled<'_, E>>,
    after: Option<&[E]>,
) -> (Exponentials<f64>, Option<E>) {
    match (before, after) {
        // One lane has too little arithmetic in a row to hide anything behind.
        (Some(before), Some(after)) if const { <E::Lanes<I> as Lanes>::LANES > 1 } => {
            let (exponentials, max) = exponentiate_between(isa, kernel, before, after);
            (exponentials, Some(max))
        }
        (before, _) => {
            if let Some(before) = before {
                before.finish(isa);
            }
            (isa.dispatch(kernel), None)
        }
    }
}

/// [`exponentiate_in_turn`] in one sweep. Not a kernel: the call would cost a short row a tenth
/// of its time.
#[inline(always)]
fn exponentiate_between<E: Math, I: Isa>(
    isa: I,
    Exponentiate { row, max }: Exponentiate<'_, E>,
    before: Unscaled<'_, E>,
    after: &[E],
) -> (Exponentials<f64>, E) {
    let scaled = ScaledExp::new(isa.splat(max));
    let mut row = reducible(isa, row, scaled);
    let (scale, less) = (isa.splat(before.scale), isa.splat(-before.less));
    let max_after = Cell::new(isa.splat(-E::INFINITY));
    let sum = sweep::update_sum_compensated(
        isa,
        (row.reborrow(), &mut *before.row),
        Padded(after, -E::INFINITY),
        inline!(|(x, e_before), x_after| {
            max_after.set(max_after.get().max_or_self(x_after));
            let e = scaled.exp_reducible(x);
            ((e, e_before.mul_add(scale, less)), e)
        }),
    );
    before.put_own();
    (found(isa, row, exp_max(isa, scaled, max), sum), max_after.get().max_lanes())
}

/// Subtracts from a row far from 0 what [`ScaledExp`] wants subtracted.
#[inline(always)]
fn reducible<'a, E: Math, I: Isa>(
    isa: I,
    mut row: InOut<'a, E>,
    scaled: ScaledExp<E::Lanes<I>>,
) -> InOut<'a, E> {
    if scaled.is_direct() {
        return row;
    }
    sweep::update(isa, row.reborrow(), (), inline!(|x, ()| scaled.reducible(x)));
    row.in_place()
}

/// The exponentials of a row from their sum.
#[inline(always)]
fn found<E: Math, I: Isa>(
    isa: I,
    row: InOut<'_, E>,
    exp_max: E,
    sum: (f64, f64),
) -> Exponentials<f64> {
    let (sum_rest, error) = if hides_rest(exp_max, sum) {
        isa.dispatch(SumBut(row.into_output(), exp_max))
    } else {
        (sum.0 - exp_max.to_f64(), sum.1)
    };
    Exponentials { exp_max: exp_max.to_f64(), sum_rest: two_sum(sum_rest, error) }
}

/// The sum of all elements but those equal to one, as the sum of two numbers.
pub(super) struct SumBut<'a, E>(pub(super) &'a [E], pub(super) E);

impl<E: Float> Kernel for SumBut<'_, E> {
    type Out = (f64, f64);
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> (f64, f64) {
        let but = isa.splat(self.1);
        sweep::sum_compensated(isa, self.0, inline!(|x| x.zero_where(x.eq(but))))
    }
}

/// The exponentials of a row that is not written; also returns the largest element of the row
/// after.
pub(super) struct ExponentialsOf<'a, E> {
    pub(super) x: &'a [E],
    /// The largest element.
    pub(super) max: E,
    /// The row after, or the row itself where none follows.
    pub(super) after: &'a [E],
}

impl<E: Math> Kernel for ExponentialsOf<'_, E> {
    type Out = (Exponentials<f64>, E);
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> (Exponentials<f64>, E) {
        let Self { x, max, after } = self;
        let scaled = ScaledExp::new(isa.splat(max));
        let exp_max = exp_max(isa, scaled, max);
        let (sum, max_after) = if scaled.is_direct() {
            let max_after = Cell::new(isa.splat(-E::INFINITY));
            let sum = sweep::sum_compensated(
                isa,
                (x, Padded(after, -E::INFINITY)),
                inline!(|(x, x_after)| {
                    max_after.set(max_after.get().max_or_self(x_after));
                    scaled.exp_reducible(x)
                }),
            );
            (sum, max_after.get().max_lanes())
        } else {
            // No exponential is equal to -1, so none is left out.
            (isa.dispatch(SumOfBut { x, max, but: -E::ONE }), isa.dispatch(Max(after)))
        };
        let (sum_rest, error) = if hides_rest(exp_max, sum) {
            isa.dispatch(SumOfBut { x, max, but: exp_max })
        } else {
            (sum.0 - exp_max.to_f64(), sum.1)
        };
        (Exponentials { exp_max: exp_max.to_f64(), sum_rest: two_sum(sum_rest, error) }, max_after)
    }
}

/// The sum of all exponentials of a row but those equal to one, as the sum of two numbers.
struct SumOfBut<'a, E> {
    x: &'a [E],
    /// The largest element.
    max: E,
    but: E,
}

impl<E: Math> Kernel for SumOfBut<'_, E> {
    type Out = (f64, f64);
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> (f64, f64) {
        let (scaled, but) = (ScaledExp::new(isa.splat(self.max)), isa.splat(self.but));
        sweep::sum_compensated(
            isa,
            self.x,
            inline!(|x| {
                let e = scaled.exp(x);
                e.zero_where(e.eq(but))
            }),
        )
    }
}

/// Whether the largest exponential may have hidden digits of the others in the sum of all. In a
/// sum below twice the largest, only one is the largest, and the others are added again without
/// it; from there on no digits are lost.
#[inline(always)]
fn hides_rest<E: Float>(exp_max: E, (sum, _): (f64, f64)) -> bool {
    sum < 2.0 * exp_max.to_f64()
}

/// The largest exponential, which is that of the largest element.
#[inline(always)]
fn exp_max<E: Math, I: Isa>(isa: I, scaled: ScaledExp<E::Lanes<I>>, max: E) -> E {
    first_lane(scaled.exp(isa.splat(max)))
}
