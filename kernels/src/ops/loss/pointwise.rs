//! What every loss of one prediction and one target has in common: what is asked for, and
//! factors of the elements.

use super::wanted::Wanted;
use crate::ops::Multiply;
use crate::split::{Cut, split};
use crate::sweep::{self, Columns, Factors};
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

    /// The parameter that columns may have each for itself, where the loss is
    /// [`LONG`](Self::LONG) or [`COMPACT`](Self::COMPACT).
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
        let Self { formula, wanted, target, weights, columns } = self;
        if const { E::Lanes::<I>::LANES == 1 || P::COMPACT } {
            // One lane is enough to be right; it need not be fast, and is small.
            return isa.dispatch_apart(Rare { formula, wanted, target, weights, columns });
        }
        let plain = weights.is_none() && columns.is_none();
        match wanted {
            Wanted::Loss(prediction) if plain => sweep::sum(
                isa,
                (prediction, target),
                #[inline(always)]
                |(p, t)| formula.value::<I>(p, t),
            ),
            Wanted::Grad(prediction, scale) if plain => {
                grad(isa, formula, prediction, target, scale)
            }
            Wanted::Backward(prediction, upstream) if plain => {
                backward(isa, formula, prediction, target, upstream, [-E::ZERO, P::FACTOR]);
                0.0
            }
            wanted => {
                if const { P::LONG } {
                    isa.dispatch_apart(Rare { formula, wanted, target, weights, columns })
                } else {
                    weighted(isa, formula, wanted, target, weights)
                }
            }
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
        #[inline(always)]
        |p, t| {
            let (value, derivative) = formula.value_and_derivative::<I>(p, t);
            (derivative * scale, value)
        },
    )
}

/// The derivatives times one number each and times `factor`, after `zero` is added.
#[inline(always)]
fn backward<E: Float, P: Pointwise<E>, I: Isa>(
    isa: I,
    formula: P,
    prediction: InOut<'_, E>,
    target: &[E],
    numbers: &[E],
    [zero, factor]: [E; 2],
) {
    let (zero, factor) = (isa.splat(zero), isa.splat(factor));
    sweep::update(
        isa,
        prediction,
        (target, numbers),
        #[inline(always)]
        |p, (t, by)| {
            let derivative = formula.value_and_derivative::<I>(p, t).1;
            (derivative * by + zero) * factor
        },
    );
}

/// What is added to derivatives times weights: 0, so that no weight leaves no -0. Without
/// weights it is -0, which leaves all as they are.
#[inline(always)]
pub(super) fn zero_of<E: Float>(weights: Option<&[E]>) -> E {
    if weights.is_some() { E::ZERO } else { -E::ZERO }
}

/// Short formulas with weights: in the same loop where there is a sum, else by a second pass
/// over what lies in the first cache.
#[inline(always)]
fn weighted<E: Float, P: Pointwise<E>, I: Isa>(
    isa: I,
    formula: P,
    wanted: Wanted<'_, E>,
    target: &[E],
    weights: Option<&[E]>,
) -> f64 {
    let zero = isa.splat(zero_of(weights));
    match wanted {
        Wanted::Loss(prediction) => sweep::sum(
            isa,
            (prediction, target, weights.unwrap_or_default()),
            #[inline(always)]
            |(p, t, w)| formula.value::<I>(p, t) * w,
        ),
        Wanted::Grad(prediction, scale) => {
            let scale = isa.splat(scale * P::FACTOR);
            sweep::update_sum(
                isa,
                prediction,
                (target, weights.unwrap_or_default()),
                #[inline(always)]
                |p, (t, w)| {
                    let (value, derivative) = formula.value_and_derivative::<I>(p, t);
                    (derivative * w * scale + zero, value * w)
                },
            )
        }
        Wanted::Losses(prediction) => {
            let (mut prediction, mut target, mut weights) = (prediction, target, weights);
            while !prediction.is_empty() {
                let (mut block, rest) = prediction.split_at(E::BLOCK);
                let (t, t_rest) = target.cut(block.len());
                let (by, by_rest) = weights.cut(block.len());
                sweep::update(
                    isa,
                    block.reborrow(),
                    t,
                    #[inline(always)]
                    |p, t| formula.value::<I>(p, t),
                );
                if let Some(by) = by {
                    isa.dispatch_apart(Multiply { x: block.output(), by, factor: E::ONE });
                }
                (prediction, target, weights) = (rest, t_rest, by_rest);
            }
            0.0
        }
        Wanted::Backward(mut prediction, upstream) => {
            // Nobody asks for both in a loop: two passes over the whole piece.
            let weights = weights.unwrap_or_default();
            let zero = [E::ZERO, E::ONE];
            backward(isa, formula, prediction.reborrow(), target, weights, zero);
            let x = prediction.output();
            isa.dispatch_apart(Multiply { x, by: upstream, factor: P::FACTOR });
            0.0
        }
    }
}

/// Whatever may be wanted, with a weight and the number of a column for each element: one
/// rolled loop for each thing.
struct Rare<'a, E, P> {
    formula: P,
    wanted: Wanted<'a, E>,
    target: &'a [E],
    weights: Option<&'a [E]>,
    columns: Option<Columns<'a, E>>,
}

impl<E: Float, P: Pointwise<E>> Kernel for Rare<'_, E, P> {
    type Out = f64;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { formula, wanted, target, weights, columns } = self;
        let own = [formula.parameter()];
        let each = (target, Factors::or_one(weights), columns.unwrap_or(Columns::new(&own)));
        let (factor, zero) = (isa.splat(P::FACTOR), isa.splat(zero_of(weights)));
        match wanted {
            Wanted::Loss(prediction) => sweep::sum(
                isa,
                (prediction, each),
                #[inline(always)]
                |(p, (t, w, c))| formula.with_parameter::<I>(c, p, t).0 * w,
            ),
            Wanted::Grad(prediction, scale) => {
                let scale = factor * scale;
                sweep::update_sum(
                    isa,
                    prediction,
                    each,
                    #[inline(always)]
                    |p, (t, w, c)| {
                        let (value, derivative) = formula.with_parameter::<I>(c, p, t);
                        (derivative * w * scale + zero, value * w)
                    },
                )
            }
            Wanted::Losses(prediction) => {
                sweep::update(
                    isa,
                    prediction,
                    each,
                    #[inline(always)]
                    |p, (t, w, c)| formula.with_parameter::<I>(c, p, t).0 * w,
                );
                0.0
            }
            Wanted::Backward(prediction, upstream) => {
                sweep::update(
                    isa,
                    prediction,
                    (each, upstream),
                    #[inline(always)]
                    |p, ((t, w, c), upstream)| {
                        let derivative = formula.with_parameter::<I>(c, p, t).1;
                        (derivative * w + zero) * upstream * factor
                    },
                );
                0.0
            }
        }
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
