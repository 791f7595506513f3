//! Sums with hardly a rounding error.

use super::{Double, Stream, StreamMut, doubles, fold, same_length};
use crate::lanes::{Float, Lanes};

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
    let (mut high, mut low) = (zero.group(), zero.group());
    let (high, low) = (high.as_mut(), low.as_mut());
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
    let total = fold_compensated::<L>(isa, &high[..half], &low[..half]);
    // Beside an infinite sum there is no error to speak of.
    if total.1.is_nan() { (total.0, 0.0) } else { total }
}

/// Adds `term` to `high`, and to `low` what that rounds off.
#[inline(always)]
fn compensated<L: Lanes>(high: L, low: L, term: L) -> (L, L) {
    let sum = high.add(term);
    (sum, low.add(term.sub(sum.sub(high))))
}

/// The sum of all lanes.
#[inline(always)]
fn fold_compensated<L: Lanes>(isa: L::Isa, high: &[L], low: &[L]) -> (f64, f64) {
    let mut wide = ([Double::<L>::splat(isa, 0.0); 32], [Double::<L>::splat(isa, 0.0); 32]);
    let per_register = const { L::LANES / Double::<L>::LANES };
    for (i, (high, low)) in high.iter().zip(low).enumerate() {
        let place = i * per_register..(i + 1) * per_register;
        wide.0[place.clone()].copy_from_slice(high.widen().as_ref());
        wide.1[place].copy_from_slice(low.widen().as_ref());
    }
    let len = const { doubles::<L>() / 2 };
    if const { L::Elem::MANTISSA_BITS < f64::MANTISSA_BITS } {
        // f64 has room for both; apart, because beside infinity the errors are NaN.
        return (fold::<L>(wide.0, len), fold::<L>(wide.1, len));
    }
    let mut total = (0.0, 0.0);
    for (high, low) in wide.0[..len].iter().zip(&wide.1[..len]) {
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
