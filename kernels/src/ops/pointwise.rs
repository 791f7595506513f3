//! What every loss of one prediction and one target has in common: which
//! outputs it writes.

mod split;

use crate::sweep::{self, Columns};
use crate::{Float, Isa, Kernel, Lanes, Level};

/// A loss of one prediction and one target: the one thing to write for a loss of
/// your own.
///
/// ```
/// use gradstep_kernels::{Float, Isa, Lanes, ops::Pointwise};
///
/// /// `(prediction - target)^4`
/// #[derive(Clone, Copy)]
/// struct Quartic;
///
/// impl<E: Float> Pointwise<E> for Quartic {
///     #[inline(always)]
///     fn value_and_derivative<I: Isa>(
///         self,
///         prediction: E::Lanes<I>,
///         target: E::Lanes<I>,
///     ) -> (E::Lanes<I>, E::Lanes<I>) {
///         let d = prediction.sub(target);
///         let square = d.mul(d);
///         (square.mul(square), square.mul(d).mul(d.same(E::TWO + E::TWO)))
///     }
/// }
/// ```
pub trait Pointwise<E: Float>: Copy + Send + Sync {
    /// Nanoseconds per element where memory does not limit, for the choice of
    /// threads: the default fits a few multiplications.
    const COST: f64 = 0.08;

    /// Whether value and derivative are long chains of dependent operations: see
    /// [`Kernel::PAIRS`].
    const PAIRS: bool = false;

    /// The predictions that the loss is defined for; `gradstep` refuses others.
    const DOMAIN: Option<(E, E)> = None;

    /// The loss and its derivative with respect to the prediction. What is not
    /// asked for costs nothing: the compiler drops it.
    ///
    /// Annotate with `#[inline(always)]`.
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>);

    /// Whether a column of numbers may belong to the loss.
    #[doc(hidden)]
    const HAS_COLUMNS: bool = false;

    /// The same with the number of the element's column.
    #[doc(hidden)]
    #[inline(always)]
    fn of_column<I: Isa>(
        self,
        _column: E::Lanes<I>,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        self.value_and_derivative::<I>(prediction, target)
    }

    /// Where the kernel is compiled: here for a loss of your own.
    #[doc(hidden)]
    fn evaluate(level: Level, kernel: Evaluate<'_, E, Self>) -> f64 {
        level.run(kernel)
    }

    /// Where the kernel is compiled: here for a loss of your own.
    #[doc(hidden)]
    fn evaluate_in_place(level: Level, kernel: EvaluateInPlace<'_, E, Self>) -> f64 {
        level.run(kernel)
    }
}

/// The kernels of a built-in loss are compiled in this crate.
macro_rules! compiled_once {
    () => {
        fn evaluate(level: $crate::Level, kernel: $crate::ops::Evaluate<'_, E, Self>) -> f64 {
            E::run(level, kernel)
        }
        fn evaluate_in_place(
            level: $crate::Level,
            kernel: $crate::ops::EvaluateInPlace<'_, E, Self>,
        ) -> f64 {
            E::run(level, kernel)
        }
    };
}
pub(crate) use compiled_once;

/// What [`Evaluate`] writes.
#[derive(Debug)]
pub enum Output<'a, E> {
    /// Nothing.
    Nothing,
    /// `[n]`: the loss of each element.
    Values(&'a mut [E]),
    /// `[n]`: the derivative times a factor.
    Grad {
        /// `[n]`, overwritten.
        grad: &'a mut [E],
        /// The factor.
        scale: E,
    },
    /// `[n]`: the derivative times a factor of each element.
    Backward {
        /// `[n]`
        upstream: &'a [E],
        /// `[n]`, overwritten.
        grad: &'a mut [E],
    },
}

/// Returns the summed loss and writes what `output` says.
#[derive(Debug)]
pub struct Evaluate<'a, E, P> {
    /// The loss.
    pub formula: P,
    /// `[n]`
    pub prediction: &'a [E],
    /// `[n]`
    pub target: &'a [E],
    /// `[n]`: factors of value and derivative.
    pub weights: Option<&'a [E]>,
    /// `[columns]`: a number for each column, for losses that have such.
    pub columns: Option<Columns<'a, E>>,
    /// What to write.
    pub output: Output<'a, E>,
}

impl<E: Float, P: Pointwise<E>> Kernel for Evaluate<'_, E, P> {
    type Out = f64;
    const PAIRS: bool = P::PAIRS;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { formula, prediction, target, weights, columns, output } = self;
        let both = (prediction, target);
        if P::HAS_COLUMNS
            && let Some(columns) = columns
        {
            return weighted::<E, I, _>(
                isa,
                (both, columns),
                weights,
                output,
                #[inline(always)]
                |((p, t), c)| formula.of_column::<I>(c, p, t),
            );
        }
        weighted::<E, I, _>(
            isa,
            both,
            weights,
            output,
            #[inline(always)]
            |(p, t)| formula.value_and_derivative::<I>(p, t),
        )
    }
}

#[inline(always)]
fn weighted<E: Float, I: Isa, R: sweep::Stream<E::Lanes<I>>>(
    isa: I,
    reads: R,
    weights: Option<&[E]>,
    output: Output<'_, E>,
    formula: impl Fn(R::Regs) -> (E::Lanes<I>, E::Lanes<I>),
) -> f64 {
    match weights {
        None => write::<E, I, _>(isa, reads, output, formula),
        Some(weights) => write::<E, I, _>(
            isa,
            (reads, weights),
            output,
            #[inline(always)]
            |(r, w)| {
                let (value, derivative) = formula(r);
                (value.mul(w), derivative.mul(w))
            },
        ),
    }
}

#[inline(always)]
fn write<E: Float, I: Isa, R: sweep::Stream<E::Lanes<I>>>(
    isa: I,
    reads: R,
    output: Output<'_, E>,
    formula: impl Fn(R::Regs) -> (E::Lanes<I>, E::Lanes<I>),
) -> f64 {
    match output {
        Output::Nothing => sweep::sum(
            isa,
            reads,
            #[inline(always)]
            |r| formula(r).0,
        ),
        Output::Values(values) => {
            sweep::update(
                isa,
                values,
                reads,
                #[inline(always)]
                |_: E::Lanes<I>, r| formula(r).0,
            );
            0.0
        }
        Output::Grad { grad, scale } => {
            let scale = E::Lanes::<I>::splat(isa, scale);
            sweep::update_sum(
                isa,
                grad,
                reads,
                #[inline(always)]
                |_: E::Lanes<I>, r| {
                    let (value, derivative) = formula(r);
                    (derivative.mul(scale), value)
                },
            )
        }
        Output::Backward { upstream, grad } => {
            let reads = (reads, upstream);
            sweep::update(
                isa,
                grad,
                reads,
                #[inline(always)]
                |_: E::Lanes<I>, (r, upstream)| formula(r).1.mul(upstream),
            );
            0.0
        }
    }
}

/// Returns the summed loss and replaces the prediction by `scale` times the
/// derivative.
#[derive(Debug)]
pub struct EvaluateInPlace<'a, E, P> {
    /// The loss.
    pub formula: P,
    /// `[n]`, overwritten by the gradient.
    pub prediction: &'a mut [E],
    /// `[n]`
    pub target: &'a [E],
    /// `[n]`: factors of value and derivative.
    pub weights: Option<&'a [E]>,
    /// `[columns]`: a number for each column, for losses that have such.
    pub columns: Option<Columns<'a, E>>,
    /// Factor of every gradient element.
    pub scale: E,
}

impl<E: Float, P: Pointwise<E>> Kernel for EvaluateInPlace<'_, E, P> {
    type Out = f64;
    const PAIRS: bool = P::PAIRS;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { formula, prediction, target, weights, columns, scale } = self;
        let scale = E::Lanes::<I>::splat(isa, scale);
        if P::HAS_COLUMNS
            && let Some(columns) = columns
        {
            return replace::<E, I, _>(
                isa,
                prediction,
                (target, columns),
                weights,
                scale,
                #[inline(always)]
                |p, (t, c)| formula.of_column::<I>(c, p, t),
            );
        }
        replace::<E, I, _>(
            isa,
            prediction,
            target,
            weights,
            scale,
            #[inline(always)]
            |p, t| formula.value_and_derivative::<I>(p, t),
        )
    }
}

#[inline(always)]
fn replace<E: Float, I: Isa, R: sweep::Stream<E::Lanes<I>>>(
    isa: I,
    prediction: &mut [E],
    reads: R,
    weights: Option<&[E]>,
    scale: E::Lanes<I>,
    formula: impl Fn(E::Lanes<I>, R::Regs) -> (E::Lanes<I>, E::Lanes<I>),
) -> f64 {
    match weights {
        None => sweep::update_sum(
            isa,
            prediction,
            reads,
            #[inline(always)]
            |p, r| {
                let (value, derivative) = formula(p, r);
                (derivative.mul(scale), value)
            },
        ),
        Some(weights) => sweep::update_sum(
            isa,
            prediction,
            (reads, weights),
            #[inline(always)]
            |p, (r, w)| {
                let (value, derivative) = formula(p, r);
                (derivative.mul(w).mul(scale), value.mul(w))
            },
        ),
    }
}
