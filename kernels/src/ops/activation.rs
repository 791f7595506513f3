//! Activations and their derivatives: one element in, one out.
//!
//! A backward pass reads what the forward pass has saved: of sigmoid and tanh the
//! outputs, whose derivatives `y (1 - y)` and `(1 - y) (1 + y)` need no
//! exponential; of ReLU and softplus the inputs. The differences are exact where
//! they cancel (Sterbenz), so derivatives keep their relative accuracy at
//! saturation.

use super::Task;
use crate::math::{self, Math};
use crate::split::split;
use crate::{Element, Float, Isa, Kernel, Lanes, Level, select, sweep};
use core::fmt::Debug;

/// An activation: its value, and how its derivative passes a gradient on.
pub trait Activation: Copy + Debug + Send + Sync {
    /// Nanoseconds per element where memory does not limit.
    const COST: f64;
    /// Whether the value, and whether the derivative, is a long chain of dependent operations:
    /// see [`Kernel::LONG`].
    const LONG: [bool; 2];

    /// The output for an input.
    ///
    /// Annotate with `#[inline(always)]`.
    fn value<L: Lanes<Elem: Math>>(self, x: L) -> L;

    /// `upstream` times the derivative, from what the forward pass saved.
    ///
    /// Annotate with `#[inline(always)]`.
    fn backward<L: Lanes<Elem: Math>>(self, saved: L, upstream: L) -> L;

    /// Runs the kernel where it is compiled: in the crate that calls this, for an activation of
    /// your own; in this one, for a built-in one.
    #[doc(hidden)]
    #[inline(always)]
    fn dispatch<E: Element>(level: Level, kernel: Activate<'_, E, Self>) {
        level.dispatch(kernel);
    }
}

macro_rules! activations {
    ($($(#[$doc:meta])* $name:ident, $cost:literal, $pairs:expr, |$x:ident| $value:expr,
        |$saved:ident, $upstream:ident| $backward:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl Activation for $name {
            const COST: f64 = $cost;
            const LONG: [bool; 2] = $pairs;

            #[inline(always)]
            fn value<L: Lanes<Elem: Math>>(self, $x: L) -> L {
                $value
            }
            #[inline(always)]
            fn backward<L: Lanes<Elem: Math>>(self, $saved: L, $upstream: L) -> L {
                $backward
            }
            #[inline(always)]
            fn dispatch<E: Element>(level: Level, kernel: Activate<'_, E, Self>) {
                E::dispatch(level, kernel);
            }
        }
    )*};
}

activations! {
    /// `1 / (1 + e^-x)`; saves its output.
    Sigmoid, 0.5, [true, false], |x| math::sigmoid(x), |y, upstream| {
        y * (y.splat(Float::ONE) - y) * upstream
    };
    /// Hyperbolic tangent; saves its output.
    Tanh, 0.5, [true, false], |x| math::tanh(x), |y, upstream| {
        let one = y.splat(Float::ONE);
        (one - y) * (one + y) * upstream
    };
    /// `x` above 0, else +0; saves its input or its output, whichever is there.
    Relu, 0.05, [false, false],
        // `NaN <= 0` is false, so NaN stays.
        |x| x.zero_where(x.le(x.splat(Float::ZERO))),
        |saved, upstream| {
            let kept = upstream.keep_where(saved.gt(saved.splat(Float::ZERO)));
            // NaN stays NaN, also where the derivative is 0.
            select(saved.is_nan() | upstream.is_nan(), saved + upstream, kept)
        };
    /// `ln(1 + e^x)`; saves its input.
    Softplus, 1.0, [true, true], |x| math::softplus(x), |x, upstream| math::sigmoid(x) * upstream;
}

/// Applies an activation or its derivative.
#[derive(Debug)]
pub struct Activate<'a, E, A> {
    /// The activation.
    pub formula: A,
    /// Whether to write values or derivatives, and to which slices.
    pub task: Task<'a, E>,
}

impl<E: Math, A: Activation> Kernel for Activate<'_, E, A> {
    type Out = ();
    const LONG: bool = A::LONG[0];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let formula = self.formula;
        match self.task {
            Task::Apply(x) => sweep::update(isa, x, (), inline!(|x, ()| formula.value(x))),
            Task::Backward { at, upstream, grad } => {
                isa.dispatch(Backward { formula, saved: at, upstream, grad });
            }
        }
    }
}

/// The derivative alone: it is a short formula even where the value is a long one.
struct Backward<'a, E, A> {
    formula: A,
    saved: &'a [E],
    upstream: &'a [E],
    grad: &'a mut [E],
}

impl<E: Math, A: Activation> Kernel for Backward<'_, E, A> {
    type Out = ();
    const LONG: bool = A::LONG[1];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { formula, saved, upstream, grad } = self;
        sweep::map(
            isa,
            (saved, upstream),
            grad,
            inline!(|(saved, upstream)| formula.backward(saved, upstream)),
        );
    }
}

split! {
    impl[E: Element, A: Activation] Activate<'_, E, A>;
    cut: task;
    copy: formula;
    len: |kernel| kernel.task.len();
    cost: |kernel| match kernel.task {
        Task::Apply(_) => A::COST,
        Task::Backward { .. } => A::COST.min(0.1),
    };
    join: |(), ()| ();
    dispatch: A::dispatch;
}
