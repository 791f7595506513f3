//! Lists of tensors and of gradients of any lengths, and options of losses.

use super::{Case, checked, pointwise};
use crate::numbers::Number;
use gradstep::loss::{BinaryCrossEntropy, BinaryCrossEntropyWithLogits};
use gradstep::update::{
    Adam, AdamW, Lion, ProxAdamW, ProxMomentum, ProxSgd, Sgd, SgdMomentum, Tensor,
};
use gradstep::update::{ClipGradNorm, clip_grad_norm, clip_grad_value_all};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// Two tensors: the weights of the second, or all of its state, may have another length. A
/// refused list leaves the first, too.
pub(super) fn steps<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let t = case.random.bits() % 4;
    let n = case.random.below(9);
    let first = case
        .slices
        .clone()
        .map(|slice| slice.into_iter().chain([E::ONE]).cycle().take(n).collect::<Vec<E>>());
    let Case { slices: [w, g, a, b, c], execution, .. } = &*case;
    let [w1, g1, a1, b1, c1] = &first;
    let whole = [w1.as_slice(), w].concat();
    let same = [g, a, b, c].map(|slice| slice.len() == w.len());
    // The weights are watched; the state is a copy.
    macro_rules! list {
        ($fits:expr, $update:expr, $step:ident($($t:ident)?), [$($first:ident $state:ident)*]) => {
            checked(&whole, $fits, |all| {
                let (head, tail) = all.split_at_mut(n);
                $(let (mut $first, mut $state) = ($first.clone(), $state.clone());)*
                let mut list = [
                    Tensor { w: head, g: g1, state: [$(&mut $first[..]),*] },
                    Tensor { w: tail, g, state: [$(&mut $state[..]),*] },
                ];
                $update.execution(*execution).$step(&mut list $(, $t)?)
            })?;
        };
    }
    let fits = |k: usize| same[..=k].iter().all(|same| *same);
    let later = t > 0;
    list!(fits(0), Sgd::new(0.1).expect("rate"), step_many(), []);
    list!(fits(0), ProxSgd::new(0.1).expect("rate"), step_many(), []);
    list!(fits(1) && later, SgdMomentum::new(0.1, 0.9).expect("rate"), step_many(t), [a1 a]);
    list!(fits(1), ProxMomentum::new(0.1, 0.9).expect("rate"), step_many(), [a1 a]);
    list!(fits(1), Lion::new(0.1).expect("rate"), step_many(), [a1 a]);
    list!(fits(2) && later, Adam::new(0.1).expect("rate"), step_many(t), [a1 a b1 b]);
    list!(fits(2) && later, AdamW::new(0.1).expect("rate"), step_many(t), [a1 a b1 b]);
    list!(fits(2) && later, ProxAdamW::new(0.1).expect("rate"), step_many(t), [a1 a b1 b]);
    list!(fits(3) && later, Adam::new(0.1).expect("rate"), step_many_amsgrad(t), [a1 a b1 b c1 c]);
    list!(fits(3) && later, AdamW::new(0.1).expect("rate"), step_many_amsgrad(t), [a1 a b1 b c1 c]);
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
