//! Proximal operators of any parameters, groups of any lengths, penalties, clipping.

use super::{Case, checked, holds};
use crate::numbers::Number;
use gradstep::Groups;
use gradstep::penalty::{GroupPenalty, LeastSquares, Penalty, lambda_max};
use gradstep::prox::{GroupSoftThreshold, Prox, Proximal};
use gradstep::update::{ClipGradNorm, clip_grad_value};
use gradstep_check::catalogue::{self, OperatorEntry};
use gradstep_check::laws::proximal::Operator;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

fn elements<E: Number, P: Proximal<E>>(case: &Case<E>, prox: Prox<E, P>) -> TestCaseResult {
    let Case { slices: [x, _, _, u, out], execution, .. } = case;
    let prox = prox.execution(*execution);
    let mut place = x.clone();
    prop_assert!(prox.apply_and_count(&mut place).is_ok_and(|zeros| zeros <= x.len()));
    let fits = out.len() == x.len();
    checked(out, fits, |out| prox.apply_into(x, out))?;
    checked(out, fits, |out| prox.apply_into_and_count(x, out))?;
    checked(out, fits && u.len() == x.len(), |out| prox.backward(x, u, out))
}

macro_rules! listed {
    ($($stem:ident $operator:ident [$E:ident])*) => {
        /// The proximal operators of the catalogue, with any parameters.
        pub(super) fn prox<E: Number>(case: &mut Case<E>) -> TestCaseResult {
            $(if let Some(drawn) = <catalogue::$operator<E> as OperatorEntry<E>>::draw(&mut || case.parameter()) {
                elements(case, drawn.prox())?;
            })*
            Ok(())
        }
    };
}
gradstep_check::operators!(listed);

pub(super) fn groups<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let (lambda, strength) = (case.parameter(), case.strength());
    let n = case.slices[0].len();
    let length = match case.random.below(8) {
        0 => case.random.bits() as usize,
        1 => 0,
        _ => 1 + case.random.below(5),
    };
    let mut offsets: Vec<usize> =
        (0..case.random.below(6)).map(|_| case.random.below(40)).collect();
    if case.random.below(4) > 0 {
        offsets.extend([0, n]);
        offsets.sort_unstable();
    }
    let ordered = offsets.first() == Some(&0) && offsets.is_sorted();
    prop_assert_eq!(Groups::by_offsets(&offsets).is_ok(), ordered);
    prop_assert_eq!(Groups::of_length(length).is_ok(), length > 0);
    let last = offsets.last().copied();
    let whole = |n: usize| n % length.max(1) == 0;
    let told: [(_, &dyn Fn(usize) -> bool); 2] =
        [(Groups::of_length(length), &whole), (Groups::by_offsets(&offsets), &|n| Some(n) == last)];
    let Case { slices: [x, w, grad, u, out], execution, .. } = case;
    for (groups, whole) in told {
        let Ok(groups) = groups else { continue };
        let soft = GroupSoftThreshold::new(lambda.to_f64(), groups);
        prop_assert_eq!(soft.is_ok(), lambda >= E::ZERO);
        if let Ok(soft) = soft {
            let soft = soft.execution(*execution);
            checked(x, whole(x.len()), |x| soft.apply(x))?;
            checked(x, whole(x.len()), |x| soft.apply_and_count(x))?;
            let fits = whole(x.len()) && x.len() == out.len();
            checked(out, fits, |out| soft.apply_into(x, out))?;
            checked(out, fits && u.len() == x.len(), |out| soft.backward(x, u, out))?;
        }
        if let Ok(penalty) = GroupPenalty::new(strength, groups) {
            let penalty = penalty.execution(*execution);
            checked(&[], whole(w.len()), |_: &mut [E]| penalty.value(w))?;
            let fits = whole(w.len()) && w.len() == grad.len() && holds::<E>(&[strength]);
            checked(grad, fits, |grad| penalty.add_grad(w, grad))?;
        }
    }
    Ok(())
}

pub(super) fn penalties<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let [l1, l2, denominator, most] = std::array::from_fn(|_| case.strength());
    let Case { slices: [w, grad, xt, residual, y], execution, .. } = case;
    let positive = denominator > 0.0 && denominator.is_finite();
    prop_assert_eq!(lambda_max(xt, denominator).is_ok(), positive);
    let allowed = |x: f64| x >= 0.0 && x.is_finite();
    let penalty = Penalty::new().l1(l1).and_then(|penalty| penalty.l2(l2));
    prop_assert_eq!(penalty.is_ok(), allowed(l1) && allowed(l2));
    if let Ok(penalty) = penalty {
        let penalty = penalty.execution(*execution);
        let same = w.len() == grad.len() && holds::<E>(&[l1, l2]);
        checked(grad, same, |grad| penalty.add_grad(w, grad))?;
        checked(&[], same, |_: &mut [E]| penalty.kkt_violation(w, grad))?;
        let held = (denominator * l1).is_finite() && holds::<E>(&[denominator * l2]);
        let fits = w.len() == xt.len() && residual.len() == y.len() && positive && held;
        let gap = |_: &mut [E]| {
            penalty.duality_gap(LeastSquares { w, residual, xt_residual: xt, y, denominator })
        };
        checked(&[], fits, gap)?;
    }
    let clip = ClipGradNorm::new(most);
    prop_assert_eq!(clip.is_ok(), most >= 0.0);
    if let Ok(clip) = clip {
        let found = clip.execution(*execution).clip_all(&mut [w.clone(), grad.clone()]);
        let all = w.iter().chain(&*grad).all(|x| x.finite());
        prop_assert_eq!(found.finite, all);
    }
    checked(w, most >= 0.0, |w| clip_grad_value(w, most))
}
