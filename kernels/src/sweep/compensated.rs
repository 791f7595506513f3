//! Sums whose rounding errors are kept and added at the end.

use super::{Stream, StreamMut, fold, same_length};
use crate::lanes::{Double, Float, Isa, Lanes};
use crate::math::eft::{fast_two_sum, two_sum};

/// [`update`](super::update), and the sum of the formula's second result as an unevaluated
/// sum of two numbers, which has almost no rounding error: for terms of one sign whose sum
/// goes into a quotient or a logarithm.
///
/// Neighbours in halves of the virtual lanes add up first, then each lane keeps
/// the errors of its sum beside it. Relative error of `f32`: half an ULP of a pair's
/// sum, and at most one ULP where a term exceeds the sum before it.
///
/// Memory is fetched ahead: the CPU alone does not keep up with four streams under this
/// arithmetic, and rows beyond the caches took half as long again.
///
/// Source: Dekker, "A floating-point technique for extending the available
/// precision" (1971).
#[inline(always)]
pub fn update_sum_compensated<E: Float, I: Isa, S: StreamMut<E, I>, R: Stream<E, I>>(
    isa: I,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> (S::Regs, E::Lanes<I>),
) -> (f64, f64) {
    let [sum] = update_sums_compensated(
        isa,
        state,
        reads,
        inline!(|state, reads| {
            let (state, term) = formula(state, reads);
            (state, [term])
        }),
    );
    sum
}

/// The same of several results of the formula.
#[inline(always)]
fn update_sums_compensated<
    E: Float,
    I: Isa,
    S: StreamMut<E, I>,
    R: Stream<E, I>,
    const N: usize,
>(
    isa: I,
    state: S,
    reads: R,
    formula: impl Fn(S::Regs, R::Regs) -> (S::Regs, [E::Lanes<I>; N]),
) -> [(f64, f64); N] {
    let zero = isa.splat(E::ZERO);
    let (mut highs, mut lows) = ([zero.group(); N], [zero.group(); N]);
    let (lanes, group) = const { (E::Lanes::<I>::LANES, E::Lanes::<I>::GROUP) };
    let half = group / 2;
    let (state, reads, len) = same_length(state, reads);
    let count = len / (lanes * group);
    let (mut state_groups, mut state) = state.groups(count);
    let (reads_groups, reads) = reads.groups(count);
    for i in 0..count {
        for u in 0..half {
            let v = u + half;
            for each in [u, v] {
                S::fetch(&state_groups, i, each);
                R::fetch(&reads_groups, i, each);
            }
            let (s, r) = (S::get(isa, &state_groups, i, u), R::get(isa, &reads_groups, i, u));
            let (regs, a) = formula(s, r);
            S::put(&mut state_groups, i, u, regs);
            let (s, r) = (S::get(isa, &state_groups, i, v), R::get(isa, &reads_groups, i, v));
            let (regs, b) = formula(s, r);
            S::put(&mut state_groups, i, v, regs);
            for n in 0..N {
                add_compensated(&mut highs[n], &mut lows[n], u, a[n] + b[n]);
            }
        }
    }
    let rest = len % (lanes * group);
    if rest > 0 {
        let mut terms = [zero.group(); N];
        for (u, from) in (0..rest).step_by(lanes).enumerate() {
            let (regs, x) = formula(state.get_partial(isa, from), reads.get_partial(isa, from));
            state.put_partial(from, regs);
            for n in 0..N {
                terms[n].as_mut()[u] = x[n].keep_first(rest - from);
            }
        }
        for n in 0..N {
            for u in 0..half {
                let terms = terms[n].as_ref();
                add_compensated(&mut highs[n], &mut lows[n], u, terms[u] + terms[u + half]);
            }
        }
    }
    let mut totals = [(0.0, 0.0); N];
    for n in 0..N {
        let total = fold_compensated::<E::Lanes<I>>(highs[n], lows[n]);
        // The rounding error of an infinite sum is NaN.
        totals[n] = if total.1.is_nan() { (total.0, 0.0) } else { total };
    }
    totals
}

/// Adds `term` to register `u` of a sum, and the rounding error to that beside it: exact where the
/// sum is the larger.
#[inline(always)]
fn add_compensated<L: Lanes>(high: &mut L::Group, low: &mut L::Group, u: usize, term: L) {
    let (high, low) = (&mut high.as_mut()[u], &mut low.as_mut()[u]);
    let error;
    (*high, error) = fast_two_sum(*high, term);
    *low = *low + error;
}

/// The sum of the lanes in the first half of each group.
#[inline(always)]
fn fold_compensated<L: Lanes>(high: L::Group, low: L::Group) -> (f64, f64) {
    let (mut high, mut low) = (L::widen_group(high), L::widen_group(low));
    let (high, low): (&mut [Double<L>], &mut [_]) = (high.as_mut(), low.as_mut());
    let half = <[_]>::len(high) / 2;
    let (high, low) = (&mut high[..half], &mut low[..half]);
    if const { L::Elem::MANTISSA_BITS < f64::MANTISSA_BITS } {
        // In `f64` plain sums lose nothing that matters. The errors are summed apart, because
        // those of an infinite sum are NaN.
        return (fold(high), fold(low));
    }
    let mut total = (0.0, 0.0);
    for (high, low) in high.iter().zip(low) {
        for (high, low) in high.to_array().as_ref().iter().zip(low.to_array().as_ref()) {
            let (sum, error) = two_sum(total.0, *high);
            total = (sum, total.1 + (error + low));
        }
    }
    total
}

/// The sum of `formula` over all elements, like [`update_sum_compensated`].
#[inline(always)]
pub fn sum_compensated<E: Float, I: Isa, R: Stream<E, I>>(
    isa: I,
    reads: R,
    formula: impl Fn(R::Regs) -> E::Lanes<I>,
) -> (f64, f64) {
    update_sum_compensated(isa, (), reads, inline!(|(), regs| ((), formula(regs))))
}

/// The same of several results of the formula.
#[inline(always)]
pub(crate) fn sums_compensated<E: Float, I: Isa, R: Stream<E, I>, const N: usize>(
    isa: I,
    reads: R,
    formula: impl Fn(R::Regs) -> [E::Lanes<I>; N],
) -> [(f64, f64); N] {
    update_sums_compensated(isa, (), reads, inline!(|(), regs| ((), formula(regs))))
}
