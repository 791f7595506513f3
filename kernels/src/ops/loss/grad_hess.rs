//! Gradient and Hessian of losses that have a second derivative: those of each element by
//! itself, as boosting and Newton's method ask for them.

use super::pointwise::{Pointwise, zero_of};
use crate::split::{Cut, split};
use crate::sweep::{self, Columns, Factors};
use crate::{Float, Isa, Kernel, Lanes, Level, Split, select};

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
/// `f32`, whatever that is.
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
}

/// Writes the first and the second derivative of each element's loss; returns the sum of the
/// losses if that is asked for.
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
    /// Whether the sum is asked for, which derivatives in `f32` do not come with.
    pub sums: bool,
}

impl<E: Float, P: TwiceDifferentiable<E>> Kernel for GradHess<'_, E, P> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        if matches!(self.derivatives, Derivatives::Single { .. }) {
            in_single(isa, self);
            return 0.0;
        }
        let Self { formula, prediction, derivatives, weights, columns, sums } = self;
        let Derivatives::Same { target, grad, hess } = derivatives else { return 0.0 };
        let each = Each { formula, prediction, target, grad, hess, weights, columns };
        // The value of a short formula costs little.
        if sums || const { !P::LONG } {
            isa.dispatch_apart(WithSum(each))
        } else {
            isa.dispatch_apart(each);
            0.0
        }
    }
}

/// Elements that are converted at a time: three buffers of them fill a small part of the
/// first cache.
const BLOCK: usize = 256;

/// Both derivatives in `f32`, by the kernel of the element type.
#[inline(always)]
fn in_single<E: Float, P: TwiceDifferentiable<E>, I: Isa>(isa: I, mut rest: GradHess<'_, E, P>) {
    let mut buffers = [[E::ZERO; BLOCK]; 3];
    while !rest.prediction.is_empty() {
        let n = rest.prediction.len().min(BLOCK);
        let (block, left) = rest.split_at(n);
        rest = left;
        let Derivatives::Single { target: from, grad, hess } = block.derivatives else { return };
        let [target, slopes, seconds] = &mut buffers;
        let (slopes, seconds) = (&mut slopes[..n], &mut seconds[..n]);
        isa.dispatch_apart(Convert { from, to: &mut target[..n] });
        let derivatives =
            Derivatives::Same { target: &target[..n], grad: &mut *slopes, hess: &mut *seconds };
        isa.dispatch_apart(GradHess { derivatives, ..block });
        isa.dispatch_apart(Convert { from: slopes, to: grad });
        isa.dispatch_apart(Convert { from: seconds, to: hess });
    }
}

/// Rounds one type to the other.
struct Convert<'a, A, B> {
    from: &'a [A],
    to: &'a mut [B],
}

impl<A: Float, B: Float> Kernel for Convert<'_, A, B> {
    type Out = ();

    // Nothing but conversions, which the compiler makes of whole registers.
    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (from, to) in self.from.iter().zip(self.to) {
            *to = B::from_f64(from.to_f64());
        }
    }
}

/// Both derivatives, with a weight and a parameter for each element, in one rolled loop.
struct Each<'a, E, P> {
    formula: P,
    prediction: &'a [E],
    target: &'a [E],
    grad: &'a mut [E],
    hess: &'a mut [E],
    weights: Option<&'a [E]>,
    columns: Option<Columns<'a, E>>,
}

/// The same, and the sum of the losses.
struct WithSum<'a, E, P>(Each<'a, E, P>);

impl<E: Float, P: TwiceDifferentiable<E>> Kernel for Each<'_, E, P> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { formula, prediction, target, grad, hess, weights, columns } = self;
        let own = [formula.parameter()];
        let each = (target, Factors::or_one(weights), columns.unwrap_or(Columns::new(&own)));
        let zero = zero_of(weights);
        sweep::map(
            isa,
            (prediction, each),
            [grad, hess],
            inline!(|(p, (t, w, c))| derivatives::<E, P, I>(formula, [p, t, w, c], zero).1),
        );
    }
}

impl<E: Float, P: TwiceDifferentiable<E>> Kernel for WithSum<'_, E, P> {
    type Out = f64;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Each { formula, prediction, target, grad, hess, weights, columns } = self.0;
        let own = [formula.parameter()];
        let each = (target, Factors::or_one(weights), columns.unwrap_or(Columns::new(&own)));
        let zero = zero_of(weights);
        sweep::update_sum(
            isa,
            [grad, hess],
            (prediction, each),
            inline!(|_, (p, (t, w, c))| {
                let (value, both) = derivatives::<E, P, I>(formula, [p, t, w, c], zero);
                (both, value * w)
            }),
        )
    }
}

/// The value, and both derivatives times the weight; prediction, target, weight and parameter
/// of one register are given.
#[inline(always)]
fn derivatives<E: Float, P: TwiceDifferentiable<E>, I: Isa>(
    formula: P,
    [p, t, w, c]: [E::Lanes<I>; 4],
    zero: E,
) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
    let (value, slope) = formula.with_parameter::<I>(c, p, t);
    let second = formula.second_with_parameter::<I>(c, p, t);
    let second = select(slope.is_nan(), slope, second);
    let (factor, zero) = (p.splat(P::FACTOR), p.splat(zero));
    (value, [(slope * w).mul_add(factor, zero), (second * w).mul_add(factor, zero)])
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
        }
    }
}

split! {
    impl[E: Float, P: TwiceDifferentiable<E>] GradHess<'_, E, P>;
    cut: prediction, derivatives, weights, columns;
    copy: formula, sums;
    len: |kernel| kernel.prediction.len();
    cost: |_| P::COST;
    join: |left, right| left + right;
    dispatch: P::dispatch_grad_hess;
}
