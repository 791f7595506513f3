//! Lists of tensors and of gradients of any lengths, and options of losses.

use super::{Case, checked, pointwise};
use crate::numbers::Number;
use gradstep::loss::{BinaryCrossEntropy, BinaryCrossEntropyWithLogits};
use gradstep::update::{ClipGradNorm, Tensor, clip_grad_norm, clip_grad_value_all};
use gradstep_check::catalogue::{self, UpdateEntry};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// Two tensors of each update: the weights of the second, or a slice of its state, may have another
/// length. A refused list leaves the first, too.
pub(super) fn steps<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    fn of<E: Number, U: UpdateEntry<E, N>, const N: usize>(case: &mut Case<E>) -> TestCaseResult {
        let n = case.random.below(9);
        let Case { slices: [w, g, state @ ..], execution, .. } = &*case;
        let first = |slice: &Vec<E>| {
            slice.iter().copied().chain([E::ONE]).cycle().take(n).collect::<Vec<E>>()
        };
        let whole = [first(w).as_slice(), w].concat();
        let fits = g.len() == w.len() && state[..N].iter().all(|slice| slice.len() == w.len());
        // The weights are watched; the state is a copy.
        checked(&whole, fits, |all| {
            let (w1, w2) = all.split_at_mut(n);
            let mut state1: [Vec<E>; N] = std::array::from_fn(|i| first(&state[i]));
            let mut state2: [Vec<E>; N] = std::array::from_fn(|i| state[i].clone());
            let [state1, state2] =
                [&mut state1, &mut state2].map(|state| state.each_mut().map(Vec::as_mut_slice));
            let list = &mut [
                Tensor { w: w1, g: &first(g), state: state1 },
                Tensor { w: w2, g, state: state2 },
            ];
            U::usual().step_many(&U::usual().update(*execution)?, list)
        })
    }
    macro_rules! listed {
        ($($stem:ident $update:ident [$n:literal])*) => {
            $(of::<E, catalogue::$update, $n>(case)?;)*
        };
    }
    gradstep_check::updates!(listed);
    Ok(())
}

/// Limits of any size, on gradients with any numbers.
pub(super) fn clipping<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let limit = case.strength();
    let Case { slices: [x, y, ..], execution, .. } = &*case;
    let accepted = limit >= 0.0;
    checked(x, accepted, |g| clip_grad_norm(g, limit))?;
    let both = [x.as_slice(), y].concat();
    checked(&both, accepted, |all| {
        let (a, b) = all.split_at_mut(x.len());
        clip_grad_value_all(&mut [a, b], limit)
    })?;
    if let Ok(clip) = ClipGradNorm::new(limit) {
        let clip = clip.scale_non_finite().execution(*execution);
        let told = clip.measure_all(&[x, y]);
        let done = clip.clip_all(&mut [x.clone(), y.clone()]);
        let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
        prop_assert!(same(told.norm, done.norm) && told.finite == done.finite);
        prop_assert!(clip.measure(x).norm >= 0.0 || x.iter().any(|x| x.is_nan()));
    }
    Ok(())
}

/// Weights of positives, one or by columns, and clamped probabilities.
pub(super) fn options_of_losses<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let weight = case.parameter();
    let allowed = |w: E| w >= E::ZERO && w.finite();
    let one = BinaryCrossEntropyWithLogits::<E>::new().pos_weight(weight.to_f64());
    prop_assert_eq!(one.is_ok(), allowed(weight));
    if let Ok(one) = one {
        pointwise(case, one)?;
    }
    let mut columns = case.slices[3].clone();
    if case.random.below(2) == 0 {
        columns.iter_mut().for_each(|w| *w = if allowed(*w) { *w } else { E::ONE });
    }
    let told = BinaryCrossEntropyWithLogits::new().pos_weights(&columns);
    prop_assert_eq!(told.is_ok(), !columns.is_empty() && columns.iter().all(|w| allowed(*w)));
    if let Ok(told) = told
        && case.slices[0].len().is_multiple_of(columns.len())
    {
        pointwise(case, told)?;
    }
    let eps = case.parameter();
    let clipped = BinaryCrossEntropy::<E>::new().clip(eps.to_f64());
    prop_assert_eq!(clipped.is_ok(), eps > E::ZERO && eps < E::HALF && E::ONE - eps < E::ONE);
    clipped.map_or(Ok(()), |clipped| pointwise(case, clipped))
}
