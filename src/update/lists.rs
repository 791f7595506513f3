//! Lists of tensors: checked, cut where half of the work is done, and stepped. A step of
//! one tensor is a list of one.
//!
//! Elements do not know each other, so no cut and no order changes a result.

use super::Tensor;
use crate::split::{GRAIN, join, threads};
use crate::{Element, Error, Execution, check};
use gradstep_kernels::Level;
use gradstep_kernels::ops::{Step, Update};

/// Nanoseconds that a tensor costs beside its elements.
const TENSOR: f64 = 5.0;

/// How many pieces each thread gets: enough that it can take over from one that is late.
const PIECES: usize = 4;

/// Cuts fall on multiples of this, where a cache line begins if the first element begins one.
const CUT: usize = 64;

/// Steps one tensor.
#[inline]
pub(super) fn step<E: Element, U: Update<E, N>, const N: usize>(
    execution: Execution,
    update: U,
    mut tensor: Tensor<'_, E, N>,
) -> Result<(), Error> {
    each_length(&tensor, U::STATE, check::length)?;
    run(execution, update, core::slice::from_mut(&mut tensor));
    Ok(())
}

/// Steps every tensor of a list; all lengths are checked before the first.
pub(super) fn step_many<E: Element, U: Update<E, N>, const N: usize>(
    execution: Execution,
    update: U,
    tensors: &mut [Tensor<'_, E, N>],
) -> Result<(), Error> {
    for (i, tensor) in tensors.iter().enumerate() {
        each_length(tensor, U::STATE, |name, expected, found| {
            check::tensor_length(i, name, expected, found)
        })?;
    }
    run(execution, update, tensors);
    Ok(())
}

#[inline]
fn each_length<E, const N: usize>(
    tensor: &Tensor<'_, E, N>,
    names: [&'static str; N],
    check: impl Fn(&'static str, usize, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let expected = tensor.w.len();
    check("g", expected, tensor.g.len())?;
    for (name, slice) in names.into_iter().zip(&tensor.state) {
        check(name, expected, slice.len())?;
    }
    Ok(())
}

#[inline]
fn run<E: Element, U: Update<E, N>, const N: usize>(
    execution: Execution,
    update: U,
    tensors: &mut [Tensor<'_, E, N>],
) {
    let level = execution.chosen_level();
    if execution.may_use_threads() {
        let cost = Cost::of::<E, U, N>();
        let work = tensors.iter().map(|tensor| cost.work(tensor));
        let work = work.fold(0, usize::saturating_add);
        // In this order: asking for threads may start them.
        if work >= 2 * cost.grain && threads() > 1 {
            return spread(level, &update, Span::from(tensors), work, cost.of_many(work));
        }
    }
    U::dispatch(level, Step { tensors, update: &update });
}

/// Steps the halves of `span` on two threads, unless it is too little work for them.
fn spread<E: Element, U: Update<E, N>, const N: usize>(
    level: Level,
    update: &U,
    span: Span<'_, '_, E, N>,
    work: usize,
    cost: Cost,
) {
    if work < 2 * cost.grain {
        return span.step(level, update);
    }
    let half = work / 2;
    let (a, b) = span.split_at(half, cost);
    join(|| spread(level, update, a, half, cost), || spread(level, update, b, work - half, cost));
}

/// What tensors cost, in units of one element.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Below twice this a span stays whole.
    pub(super) grain: usize,
    /// What a tensor costs beside its elements.
    pub(super) tensor: usize,
}

impl Cost {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn of<E: Element, U: Update<E, N>, const N: usize>() -> Self {
        Cost { grain: (GRAIN / U::COST) as usize, tensor: (TENSOR / U::COST) as usize }
    }

    /// With larger grains for much work: every cut walks along the list.
    fn of_many(self, work: usize) -> Self {
        Cost { grain: self.grain.max(work / (PIECES * threads())), ..self }
    }

    fn work<E, const N: usize>(self, tensor: &Tensor<'_, E, N>) -> usize {
        if tensor.w.is_empty() { 0 } else { self.tensor + tensor.w.len() }
    }
}

/// Tensors that follow each other in a list; the first and the last may be parts of one.
struct Span<'t, 'a, E, const N: usize> {
    head: Tensor<'t, E, N>,
    middle: &'t mut [Tensor<'a, E, N>],
    tail: Tensor<'t, E, N>,
}

impl<'t, 'a, E, const N: usize> From<&'t mut [Tensor<'a, E, N>]> for Span<'t, 'a, E, N> {
    fn from(middle: &'t mut [Tensor<'a, E, N>]) -> Self {
        Span { head: Tensor::default(), middle, tail: Tensor::default() }
    }
}

impl<E: Element, const N: usize> Span<'_, '_, E, N> {
    /// About the first `work`, and the rest.
    fn split_at(self, mut work: usize, cost: Cost) -> (Self, Self) {
        let Span { head, middle, tail } = self;
        // Takes the work of a tensor off, if there is as much left.
        let mut passes = |tensor: &Tensor<'_, E, N>| {
            let after = work.checked_sub(cost.work(tensor));
            work = after.unwrap_or(work);
            after.is_some()
        };
        if !passes(&head) {
            let (a, b) = head.split_at(work / CUT * CUT);
            let left = Span { head: a, middle: &mut [], tail: Tensor::default() };
            return (left, Span { head: b, middle, tail });
        }
        let place = middle.iter().position(|tensor| !passes(tensor));
        let (before, rest) = middle.split_at_mut(place.unwrap_or(middle.len()));
        let (cut, after, tail) = match rest.split_first_mut() {
            Some((cut, after)) => (cut.reborrow(), after, tail),
            None => (tail, &mut [][..], Tensor::default()),
        };
        let (a, b) = cut.split_at(work / CUT * CUT);
        (Span { head, middle: before, tail: a }, Span { head: b, middle: after, tail })
    }

    fn step<U: Update<E, N>>(self, level: Level, update: &U) {
        let Span { mut head, middle, mut tail } = self;
        U::dispatch(level, Step { tensors: core::slice::from_mut(&mut head), update });
        U::dispatch(level, Step { tensors: middle, update });
        U::dispatch(level, Step { tensors: core::slice::from_mut(&mut tail), update });
    }
}
