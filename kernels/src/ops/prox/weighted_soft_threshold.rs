//! Soft-threshold with a threshold of each element: the weighted (adaptive)
//! lasso.

use super::proximal::{pass_on, write};
use crate::ops::Task;
use crate::ops::shrink::soft;
use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, sweep};

/// [`ApplyProx`](super::ApplyProx) of a [`SoftThreshold`](super::SoftThreshold) whose threshold
/// each element has for itself.
#[derive(Debug)]
pub struct WeightedSoftThreshold<'a, E> {
    /// `[n]`, not negative, not NaN.
    pub lambdas: &'a [E],
    /// Whether to write values or derivatives, and to which slices.
    pub task: Task<'a, E>,
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float> Kernel for WeightedSoftThreshold<'_, E> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { lambdas, task, count } = self;
        match task {
            // An infinite element below an infinite threshold becomes 0, too; a NaN is not at
            // most the threshold.
            Task::Apply(x) => write(
                isa,
                x,
                lambdas,
                count,
                inline!(|x, lambda| soft(x, lambda).zero_where(x.abs().le(lambda))),
            ),
            Task::Backward { at, upstream, grad } => {
                sweep::map(
                    isa,
                    (at, upstream, lambdas),
                    grad,
                    inline!(|(x, upstream, lambda)| pass_on(x.abs().gt(lambda), x, upstream)),
                );
                0
            }
        }
    }
}

split! {
    impl[E: Element] WeightedSoftThreshold<'_, E>;
    cut: lambdas, task;
    copy: count;
    len: |kernel| kernel.task.len();
    cost: |_| 0.06;
    join: |left, right| left + right;
    dispatch: E::dispatch;
}
