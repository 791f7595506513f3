//! Sums with hardly a rounding error.

use super::{Stream, StreamMut, fold, same_length};
use crate::lanes::{Double, Float, Lanes};

/// [`update`](super::update), and the sum of the formula's second result with hardly a rounding
/// error, as the sum of two numbers: for terms of one sign, which a quotient or a
/// logarithm follows.
///
/// Neighbours in halves of the virtual lanes add up first, then each lane keeps
/// the errors of its sum beside it. Relative error of `f32`: half an ULP of a pair's
/// sum, and at most one ULP where a term exceeds the sum before it.
///
/// Source: Dekker, "A floating-point technique for extending the available
/// precision" (1971).
#[inline(always)]
pub fn update_sum_compensated<L: Lanes, S: StreamMut<L>, R: Stream<L>>(
    isa: L::Isa,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> (S::Regs, L),
) -> (f64, f64) {
    let zero = L::splat(isa, L::Elem::ZERO);
    let (mut highs, mut lows) = (zero.group(), zero.group());
    let (high, low) = (highs.as_mut(), lows.as_mut());
    let half = const { L::GROUP / 2 };
    let (state, reads, len) = same_length(state, reads);
    let (state_slots, mut state) = state.slots();
    let (reads_slots, reads) = reads.slots();
    for (mut s, r) in state_slots.zip(reads_slots) {
        for u in 0..half {
            let (regs, a) = formula(S::get(isa, &s, u), R::get(isa, &r, u));
            S::put(&mut s, u, regs);
            let v = u + half;
            let (regs, b) = formula(S::get(isa, &s, v), R::get(isa, &r, v));
            S::put(&mut s, v, regs);
            (high[u], low[u]) = compensated(high[u], low[u], a.add(b));
        }
    }
    let rest = len % (L::LANES * L::GROUP);
    if rest > 0 {
        let mut terms = zero.group();
        let terms = terms.as_mut();
        for (term, from) in terms.iter_mut().zip((0..rest).step_by(L::LANES)) {
            let (regs, x) = formula(state.get_partial(isa, from), reads.get_partial(isa, from));
            state.put_partial(from, regs);
            *term = x.keep_first(rest - from);
        }
        for u in 0..half {
            let term = terms[u].add(terms[u + half]);
            (high[u], low[u]) = compensated(high[u], low[u], term);
        }
    }
    let total = fold_compensated::<L>(highs, lows);
    // Beside an infinite sum there is no error to speak of.
    if total.1.is_nan() { (total.0, 0.0) } else { total }
}

/// Adds `term` to `high`, and to `low` what that rounds off.
#[inline(always)]
fn compensated<L: Lanes>(high: L, low: L, term: L) -> (L, L) {
    let sum = high.add(term);
    (sum, low.add(term.sub(sum.sub(high))))
}

/// The sum of the lanes in the first half of each group.
#[inline(always)]
fn fold_compensated<L: Lanes>(high: L::Group, low: L::Group) -> (f64, f64) {
    let (mut high, mut low) = (L::widen_group(high), L::widen_group(low));
    let (high, low): (&mut [Double<L>], &mut [_]) = (high.as_mut(), low.as_mut());
    let half = <[_]>::len(high) / 2;
    let (high, low) = (&mut high[..half], &mut low[..half]);
    if const { L::Elem::MANTISSA_BITS < f64::MANTISSA_BITS } {
        // f64 has room for both; apart, because beside infinity the errors are NaN.
        return (fold(high), fold(low));
    }
    let mut total = (0.0, 0.0);
    for (high, low) in high.iter().zip(low) {
        for (high, low) in high.to_array().as_ref().iter().zip(low.to_array().as_ref()) {
            let sum = total.0 + high;
            // Knuth, "The Art of Computer Programming", volume 2, section 4.2.2:
            // the error of any sum.
            let added = sum - total.0;
            let error = (total.0 - (sum - added)) + (high - added);
            total = (sum, total.1 + (error + low));
        }
    }
    total
}

/// The sum of `formula` over all elements, like [`update_sum_compensated`].
#[inline(always)]
pub fn sum_compensated<L: Lanes, R: Stream<L>>(
    isa: L::Isa,
    reads: R,
    formula: impl Fn(R::Regs) -> L,
) -> (f64, f64) {
    update_sum_compensated(
        isa,
        (),
        reads,
        #[inline(always)]
        |(), regs| ((), formula(regs)),
    )
}
