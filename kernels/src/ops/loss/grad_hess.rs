//! Gradient and Hessian of losses that have a second derivative: those of each element by
//! itself, as boosting and Newton's method ask for them.

use super::blocks::{AddUp, Block, Finish, Formula, LEN, WeightsAndColumns, Working, len, zero_of};
use super::pointwise::Pointwise;
use crate::isa::Scratch;
use crate::split::{Cut, split};
use crate::sweep::{self, Columns, PartialSum};
use crate::{Float, Isa, Kernel, Lanes, Level, select};

/// A loss with a second derivative.
///
/// ```
/// use gradstep_kernels::ops::{Pointwise, TwiceDifferentiable};
/// use gradstep_kernels::{Float, Isa};
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
///         let d = prediction - target;
///         let square = d * d;
///         (square * square, square * d * E::from_f64(4.0))
///     }
/// }
///
/// impl<E: Float> TwiceDifferentiable<E> for Quartic {
///     #[inline(always)]
///     fn second_derivative<I: Isa>(
///         self,
///         prediction: E::Lanes<I>,
///         target: E::Lanes<I>,
///     ) -> E::Lanes<I> {
///         let d = prediction - target;
///         d * d * E::from_f64(12.0)
///     }
/// }
/// ```
pub trait TwiceDifferentiable<E: Float>: Pointwise<E> {
    /// The second derivative with respect to the prediction, over
    /// [`FACTOR`](Pointwise::FACTOR). What it has in common with value and derivative is
    /// computed once: the compiler sees them together. Where the derivative is NaN, this
    /// counts as NaN, too.
    ///
    /// Annotate with `#[inline(always)]`.
    fn second_derivative<I: Isa>(self, prediction: E::Lanes<I>, target: E::Lanes<I>)
    -> E::Lanes<I>;

    /// The same with this parameter in place of the loss's own.
    #[doc(hidden)]
    #[inline(always)]
    fn second_with_parameter<I: Isa>(
        self,
        _parameter: E::Lanes<I>,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> E::Lanes<I> {
        self.second_derivative::<I>(prediction, target)
    }

    /// Where the kernel is compiled: here for a loss of your own.
    #[doc(hidden)]
    #[inline(always)]
    fn dispatch_grad_hess(level: Level, kernel: GradHess<'_, E, Self>) -> f64 {
        level.dispatch(kernel)
    }
}

/// The targets, and where both derivatives go, `[n]` each: in the element type, or all in
/// `f32`, whatever that is, apart or in pairs.
#[derive(Debug)]
pub enum Derivatives<'a, E> {
    /// In the element type.
    Same {
        /// Read.
        target: &'a [E],
        /// Overwritten.
        grad: &'a mut [E],
        /// Overwritten.
        hess: &'a mut [E],
    },
    /// In `f32`, rounded once.
    Single {
        /// Read.
        target: &'a [f32],
        /// Overwritten.
        grad: &'a mut [f32],
        /// Overwritten.
        hess: &'a mut [f32],
    },
    /// In `f32`, rounded once: gradient and Hessian of an element side by side.
    Pairs {
        /// Read.
        target: &'a [f32],
        /// Overwritten.
        pairs: &'a mut [[f32; 2]],
    },
}

/// What is made of both derivatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// They are written as they are.
    Written,
    /// They are, and the sum of the losses is returned. Derivatives in `f32` do not come with it.
    WithSum,
    /// In their places go the response and the weight of iteratively reweighted least squares.
    Working,
}

/// Writes the first and the second derivative of each element's loss, or what is made of them.
#[derive(Debug)]
pub struct GradHess<'a, E, P> {
    /// The loss.
    pub formula: P,
    /// `[n]`
    pub prediction: &'a [E],
    /// Targets and outputs.
    pub derivatives: Derivatives<'a, E>,
    /// `[n]`: factors of the loss and of both derivatives.
    pub weights: Option<&'a [E]>,
    /// `[columns]`: a parameter for each column, for losses that have such.
    pub columns: Option<Columns<'a, E>>,
    /// What is made of them.
    pub twice: Twice,
}

impl<E: Float, P: TwiceDifferentiable<E>> Kernel for GradHess<'_, E, P> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { formula, prediction, derivatives, weights, columns, twice } = self;
        let of_block = |block: Block<'_, E, 3>| {
            // The value of a short formula costs little, and one lane need not be fast.
            let is_cheap = const { !P::LONG || E::Lanes::<I>::LANES == 1 };
            if is_cheap || twice == Twice::WithSum {
                isa.dispatch_apart(OfBlock::<_, _, true> { formula, block });
            } else {
                isa.dispatch_apart(OfBlock::<_, _, false> { formula, block });
            }
        };
        let one = [formula.parameter()];
        let each = (weights, columns.unwrap_or(Columns::new(&one)));
        in_blocks(isa, &of_block, P::FACTOR, prediction, derivatives, each, twice)
    }
}

/// Writes what is made of both derivatives with the factor of their formula, and returns the sum
/// of the losses, if that is asked for.
#[inline(never)]
fn in_blocks<E: Float, I: Isa>(
    isa: I,
    formula: Formula<'_, E, 3>,
    factor: E,
    predictions: &[E],
    derivatives: Derivatives<'_, E>,
    each: WeightsAndColumns<'_, E>,
    twice: Twice,
) -> f64 {
    let mut buffers = [const { Scratch::<E, LEN>::new() }; 4];
    let mut sum = PartialSum::new();
    let (all, parts) = (predictions.len(), (predictions, derivatives, each));
    sweep::blocks(parts, all, len::<E>(), 0, |(prediction, derivatives, (weights, columns)), n| {
        let [targets, values, slopes, seconds] = &mut buffers;
        let targets = targets.first(n, E::ZERO);
        let (values, slopes) = (values.first(n, E::ZERO), slopes.first(n, E::ZERO));
        let seconds = seconds.first(n, E::ZERO);
        let zero = zero_of(weights);
        let finish = |x: &mut [E]| {
            if weights.is_some() || factor != E::ONE {
                let x = x.into();
                isa.dispatch_apart(Finish { x, weights, zero, scale: factor, upstream: None });
            }
        };
        let finish_both = |slopes: &mut [E], seconds: &mut [E]| {
            if twice == Twice::Working {
                isa.dispatch_apart(Working { prediction, slopes, seconds: &mut *seconds });
            } else {
                finish(slopes);
            }
            finish(seconds);
        };
        let mut differentiate = |target: &[f32]| {
            isa.dispatch_apart(Convert { from: target, to: targets });
            let out = [&mut *values, &mut *slopes, &mut *seconds];
            formula(Block { prediction, target: targets, columns, out });
            finish_both(slopes, seconds);
        };
        match derivatives {
            Derivatives::Same { target, grad, hess } => {
                let out = [&mut *values, &mut *grad, &mut *hess];
                formula(Block { prediction, target, columns, out });
                finish_both(grad, hess);
            }
            Derivatives::Single { target, grad, hess } => {
                differentiate(target);
                isa.dispatch_apart(Convert { from: slopes, to: grad });
                isa.dispatch_apart(Convert { from: seconds, to: hess });
            }
            Derivatives::Pairs { target, pairs } => {
                differentiate(target);
                isa.dispatch_apart(Interleave { from: [slopes, seconds], to: pairs });
            }
        }
        if twice == Twice::WithSum {
            isa.dispatch_apart(AddUp { terms: values, weights, sum: &mut sum });
        }
    });
    sum.total()
}

/// Rounds one type to the other.
struct Convert<'a, A, B> {
    from: &'a [A],
    to: &'a mut [B],
}

impl<A: Float, B: Float> Kernel for Convert<'_, A, B> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        sweep::convert(self.from, self.to);
    }
}

/// Rounds numbers of two slices to pairs.
struct Interleave<'a, E> {
    from: [&'a [E]; 2],
    to: &'a mut [[f32; 2]],
}

impl<E: Float> Kernel for Interleave<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        sweep::interleave(self.from, self.to);
    }
}

/// Both derivatives of a block, and the values if there is a `SUM` of them.
struct OfBlock<'a, E, P, const SUM: bool> {
    formula: P,
    block: Block<'a, E, 3>,
}

impl<E: Float, P: TwiceDifferentiable<E>, const SUM: bool> Kernel for OfBlock<'_, E, P, SUM> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { formula, block: Block { prediction, target, columns, out } } = self;
        let reads = (prediction, target, columns);
        if const { SUM } {
            sweep::map(isa, reads, out, inline!(|reads| terms::<E, P, I>(formula, reads)));
        } else {
            let [_, slopes, seconds] = out;
            sweep::map(
                isa,
                reads,
                [slopes, seconds],
                inline!(|reads| {
                    let [_, slope, second] = terms::<E, P, I>(formula, reads);
                    [slope, second]
                }),
            );
        }
    }
}

/// The value and both derivatives of a prediction, a target and a parameter.
#[inline(always)]
fn terms<E: Float, P: TwiceDifferentiable<E>, I: Isa>(
    formula: P,
    (p, t, c): (E::Lanes<I>, E::Lanes<I>, E::Lanes<I>),
) -> [E::Lanes<I>; 3] {
    let (value, slope) = formula.with_parameter::<I>(c, p, t);
    let second = formula.second_with_parameter::<I>(c, p, t);
    [value, slope, select(slope.is_nan(), slope, second)]
}

impl<E> Cut for Derivatives<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        match self {
            Derivatives::Same { target, grad, hess } => {
                let (target, (grad, hess)) = (target.cut(mid), (grad.cut(mid), hess.cut(mid)));
                (
                    Derivatives::Same { target: target.0, grad: grad.0, hess: hess.0 },
                    Derivatives::Same { target: target.1, grad: grad.1, hess: hess.1 },
                )
            }
            Derivatives::Single { target, grad, hess } => {
                let (target, (grad, hess)) = (target.cut(mid), (grad.cut(mid), hess.cut(mid)));
                (
                    Derivatives::Single { target: target.0, grad: grad.0, hess: hess.0 },
                    Derivatives::Single { target: target.1, grad: grad.1, hess: hess.1 },
                )
            }
            Derivatives::Pairs { target, pairs } => {
                let (target, pairs) = (target.cut(mid), pairs.cut(mid));
                (
                    Derivatives::Pairs { target: target.0, pairs: pairs.0 },
                    Derivatives::Pairs { target: target.1, pairs: pairs.1 },
                )
            }
        }
    }
}

split! {
    impl[E: Float, P: TwiceDifferentiable<E>] GradHess<'_, E, P>;
    cut: prediction, derivatives, weights, columns;
    copy: formula, twice;
    len: |kernel| kernel.prediction.len();
    cost: |_| P::COST;
    join: |left, right| left + right;
    dispatch: P::dispatch_grad_hess;
}
