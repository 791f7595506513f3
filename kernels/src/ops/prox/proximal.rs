//! Proximal operators of single elements: the trait of their formulas, and the kernel that
//! applies one to slices and counts the zeros that it leaves.

use crate::ops::Task;
use crate::split::split;
use crate::{Float, InOut, Isa, Kernel, Lanes, Level, select, sweep};

/// A proximal operator of single elements: the one thing to write for an operator
/// of your own.
pub trait Proximal<E: Float>: Copy + Send + Sync {
    /// Nanoseconds per element where memory does not limit, for the choice of
    /// threads: the default fits a few comparisons.
    const COST: f64 = 0.05;

    /// `argmin_u (u - x)^2 / 2 + penalty(u)`.
    ///
    /// Annotate with `#[inline(always)]`.
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I>;

    /// Whether every number becomes 0, as at an infinite strength. The formula is then not
    /// used; asked once for each slice.
    fn shrinks_all_to_zero(self) -> bool {
        false
    }

    /// The derivative of [`prox`](Self::prox) at `x`, times `upstream`.
    ///
    /// Annotate with `#[inline(always)]`.
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I>;

    /// Runs the kernel where it is compiled: in the crate that calls this, for an operator of
    /// your own; in this one, for a built-in one.
    #[doc(hidden)]
    #[inline(always)]
    fn dispatch(level: Level, kernel: ApplyProx<'_, E, Self>) -> usize {
        level.dispatch(kernel)
    }
}

/// The kernel of a built-in operator is compiled in this crate.
macro_rules! compiled_once {
    () => {
        #[inline(always)]
        fn dispatch(level: $crate::Level, kernel: $crate::ops::ApplyProx<'_, E, Self>) -> usize {
            E::dispatch(level, kernel)
        }
    };
}
pub(super) use compiled_once;

/// `upstream` where `moves`, else 0; NaN where `x` or `upstream` is NaN.
#[inline(always)]
pub(super) fn pass_on<L: Lanes>(moves: L::Mask, x: L, upstream: L) -> L {
    // The sum is NaN where one of the two is.
    select(x.is_nan() | upstream.is_nan(), x + upstream, upstream.keep_where(moves))
}

/// Applies an operator or its derivative; returns how many values are 0, or 0 if `count` is
/// false.
#[derive(Debug)]
pub struct ApplyProx<'a, E, P> {
    /// The operator.
    pub formula: P,
    /// Whether to write values or derivatives, and to which slices.
    pub task: Task<'a, E>,
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float, P: Proximal<E>> Kernel for ApplyProx<'_, E, P> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { formula, task, count } = self;
        match task {
            Task::Apply(x) if formula.shrinks_all_to_zero() => {
                let zeros = isa.dispatch(Zero { x });
                if count { zeros } else { 0 }
            }
            Task::Apply(x) => write(isa, x, (), count, inline!(|x, ()| formula.prox::<I>(x))),
            Task::Backward { at, upstream, grad } => {
                sweep::map(
                    isa,
                    (at, upstream),
                    grad,
                    inline!(|(x, upstream)| formula.backward::<I>(x, upstream)),
                );
                0
            }
        }
    }
}

/// Replaces every number by 0; returns how many. One kernel for all operators.
struct Zero<'a, E> {
    x: InOut<'a, E>,
}

impl<E: Float> Kernel for Zero<'_, E> {
    type Out = usize;
    const LONG: bool = true; // rare, so its code should be small

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        write(isa, self.x, (), true, inline!(|x, ()| x.zero_where(!x.is_nan())))
    }
}

/// Replaces each element of `x` by `prox` of it and of its numbers in `each`. Returns the number
/// of zeros, or 0 if `count` is false.
#[inline(always)]
pub(super) fn write<E: Float, I: Isa, R: sweep::Stream<E, I>>(
    isa: I,
    x: InOut<'_, E>,
    each: R,
    count: bool,
    prox: impl Fn(E::Lanes<I>, R::Regs) -> E::Lanes<I>,
) -> usize {
    if count {
        return number(sweep::update_sum(
            isa,
            x,
            each,
            inline!(|x, each| with_zeros(prox(x, each))),
        ));
    }
    sweep::update(isa, x, each, prox);
    0
}

/// A register, and 1 in the lanes where it is 0. Sums of those are exact.
#[inline(always)]
pub(super) fn with_zeros<L: Lanes>(y: L) -> (L, L) {
    (y, y.splat(Float::ONE).keep_where(y.eq(y.splat(Float::ZERO))))
}

/// A count that was added up in `f64`, exact below 2^53.
pub(super) fn number(count: f64) -> usize {
    count as usize
}

split! {
    impl[E: Float, P: Proximal<E>] ApplyProx<'_, E, P>;
    cut: task;
    copy: formula, count;
    len: |kernel| kernel.task.len();
    cost: |_| P::COST;
    join: |left, right| left + right;
    dispatch: P::dispatch;
}
