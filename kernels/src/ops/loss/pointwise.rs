//! What every loss of one prediction and one target has in common: what is asked for, and
//! factors of the elements.

use super::blocks::{self, Block};
use super::wanted::Wanted;
use crate::split::split;
use crate::sweep::{self, Columns};
use crate::{Float, InOut, Isa, Kernel, Lanes, Level};

/// A loss of one prediction and one target: the one thing to write for a loss of
/// your own.
///
/// It should not panic: a call unwinds from where it is, and what was written before, a part
/// of the gradient in no particular order, stays written.
pub trait Pointwise<E: Float>: Copy + Send + Sync {
    /// Nanoseconds per element where memory does not limit, for the choice of
    /// threads: the default fits a few multiplications.
    const COST: f64 = 0.08;

    /// Whether value and derivative are long chains of dependent operations: see
    /// [`Kernel::LONG`].
    const LONG: bool = false;
    /// Whether they ask for four registers in step: see [`Kernel::VERY_LONG`].
    const VERY_LONG: bool = false;
    /// Whether everything that may be asked for has one loop, with weights or without, of one
    /// register after the other: a fraction of the code, for losses of few users.
    #[doc(hidden)]
    const COMPACT: bool = false;

    /// The predictions that the loss is defined for; `gradstep` refuses others.
    const DOMAIN: Option<(E, E)> = None;
    /// The targets that it is defined for.
    const TARGETS: Option<(E, E)> = None;

    /// A constant factor of all derivatives, a power of 2: a formula gives them without it,
    /// so that they do not overflow where the gradient of a mean does not.
    const FACTOR: E = E::ONE;

    /// The loss, and its derivative with respect to the prediction over
    /// [`FACTOR`](Self::FACTOR). What is not asked for costs nothing: the compiler drops it.
    ///
    /// Annotate with `#[inline(always)]`.
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>);

    /// The loss alone, the same to the bit, where a form of its own takes fewer operations.
    #[inline(always)]
    fn value<I: Isa>(self, prediction: E::Lanes<I>, target: E::Lanes<I>) -> E::Lanes<I> {
        self.value_and_derivative::<I>(prediction, target).0
    }

    /// The parameter that columns may have each for itself.
    #[doc(hidden)]
    fn parameter(self) -> E {
        E::ONE
    }

    /// Value and derivative with this parameter in place of the loss's own.
    #[doc(hidden)]
    #[inline(always)]
    fn with_parameter<I: Isa>(
        self,
        _parameter: E::Lanes<I>,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.value_and_derivative::<I>(prediction, target)
    }

    /// Where the kernel is compiled: here for a loss of your own.
    #[doc(hidden)]
    #[inline(always)]
    fn dispatch(level: Level, kernel: Evaluate<'_, E, Self>) -> f64 {
        level.dispatch(kernel)
    }
}

/// The kernel of a built-in loss is compiled in this crate, and so is that of its Hessian.
macro_rules! compiled_once {
    () => {
        compiled_once!(dispatch Evaluate);
    };
    (GradHess) => {
        compiled_once!(dispatch_grad_hess GradHess);
    };
    ($dispatch:ident $kernel:ident) => {
        #[inline(always)]
        fn $dispatch(level: $crate::Level, kernel: $crate::ops::$kernel<'_, E, Self>) -> f64 {
            E::dispatch(level, kernel)
        }
    };
}
pub(crate) use compiled_once;

/// Returns the summed loss, if it is asked for, and writes what is wanted.
#[derive(Debug)]
pub struct Evaluate<'a, E, P> {
    /// The loss.
    pub formula: P,
    /// What is asked for, with the predictions.
    pub wanted: Wanted<'a, E>,
    /// `[n]`
    pub target: &'a [E],
    /// `[n]`: factors of value and derivative.
    pub weights: Option<&'a [E]>,
    /// `[columns]`: a number for each column, for losses that have such.
    pub columns: Option<Columns<'a, E>>,
}

impl<E: Float, P: Pointwise<E>> Kernel for Evaluate<'_, E, P> {
    type Out = f64;
    const LONG: bool = P::LONG;
    const VERY_LONG: bool = P::VERY_LONG;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        if const { E::Lanes::<I>::LANES == 1 || P::COMPACT } {
            // One lane is enough to be right; it need not be fast, and is small.
            return in_blocks(isa, self);
        }
        let Self { formula, wanted, target, weights, columns } = self;
        let plain = weights.is_none() && columns.is_none();
        match wanted {
            Wanted::Loss(prediction) if plain => {
                sweep::sum(isa, (prediction, target), inline!(|(p, t)| formula.value::<I>(p, t)))
            }
            Wanted::Grad(prediction, scale) if plain => {
                grad(isa, formula, prediction, target, scale)
            }
            Wanted::Backward(prediction, upstream) if plain => {
                backward(isa, formula, prediction, target, upstream);
                0.0
            }
            // The loops of short formulas are short.
            Wanted::Losses(prediction) if plain && const { !P::LONG } => {
                sweep::update(isa, prediction, target, inline!(|p, t| formula.value::<I>(p, t)));
                0.0
            }
            Wanted::Loss(prediction) if weights.is_some() && const { !P::LONG } => sweep::sum(
                isa,
                (prediction, target, weights.unwrap_or_default()),
                inline!(|(p, t, w)| formula.value::<I>(p, t) * w),
            ),
            Wanted::Grad(prediction, scale) if weights.is_some() && const { !P::LONG } => {
                weighted_grad(
                    isa,
                    formula,
                    prediction,
                    (target, weights.unwrap_or_default()),
                    scale,
                )
            }
            wanted => in_blocks(isa, Self { formula, wanted, target, weights, columns }),
        }
    }
}

/// The sum of the losses, and the derivatives times one factor.
#[inline(always)]
fn grad<E: Float, P: Pointwise<E>, I: Isa>(
    isa: I,
    formula: P,
    prediction: InOut<'_, E>,
    target: &[E],
    scale: E,
) -> f64 {
    let scale = scale * P::FACTOR;
    sweep::update_sum(
        isa,
        prediction,
        target,
        inline!(|p, t| {
            let (value, derivative) = formula.value_and_derivative::<I>(p, t);
            (derivative * scale, value)
        }),
    )
}

/// The same with weights.
#[inline(always)]
fn weighted_grad<E: Float, P: Pointwise<E>, I: Isa>(
    isa: I,
    formula: P,
    prediction: InOut<'_, E>,
    targets_and_weights: (&[E], &[E]),
    scale: E,
) -> f64 {
    let scale = scale * P::FACTOR;
    sweep::update_sum(
        isa,
        prediction,
        targets_and_weights,
        inline!(|p, (t, w)| {
            let (value, derivative) = formula.value_and_derivative::<I>(p, t);
            // No weight leaves no -0.
            (derivative * w * scale + E::ZERO, value * w)
        }),
    )
}

/// The derivatives times one number each.
#[inline(always)]
fn backward<E: Float, P: Pointwise<E>, I: Isa>(
    isa: I,
    formula: P,
    prediction: InOut<'_, E>,
    target: &[E],
    upstream: &[E],
) {
    sweep::update(
        isa,
        prediction,
        (target, upstream),
        inline!(|p, (t, by)| {
            let derivative = formula.value_and_derivative::<I>(p, t).1;
            derivative * by * P::FACTOR
        }),
    );
}

/// Whatever may be wanted, with weights and columns or without.
#[inline(always)]
fn in_blocks<E: Float, P: Pointwise<E>, I: Isa>(isa: I, evaluate: Evaluate<'_, E, P>) -> f64 {
    let Evaluate { formula, wanted, target, weights, columns } = evaluate;
    let one = [formula.parameter()];
    let each = (weights, columns.unwrap_or(Columns::new(&one)));
    let of_block = |block: Block<'_, E, 2>| isa.dispatch_apart(OfBlock { formula, block });
    blocks::evaluate(isa, &of_block, P::FACTOR, wanted, target, each)
}

/// Values and derivatives of a block.
struct OfBlock<'a, E, P> {
    formula: P,
    block: Block<'a, E, 2>,
}

impl<E: Float, P: Pointwise<E>> Kernel for OfBlock<'_, E, P> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { formula, block: Block { prediction, target, columns, out } } = self;
        sweep::map(
            isa,
            (prediction, target, columns),
            out,
            inline!(|(p, t, c)| {
                let (value, derivative) = formula.with_parameter::<I>(c, p, t);
                [value, derivative]
            }),
        );
    }
}

split! {
    impl[E: Float, P: Pointwise<E>] Evaluate<'_, E, P>;
    cut: wanted, target, weights, columns;
    copy: formula;
    len: |kernel| kernel.wanted.len();
    cost: |_| P::COST;
    join: |left, right| left + right;
    dispatch: P::dispatch;
}
