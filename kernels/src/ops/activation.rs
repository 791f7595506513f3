//! Activations and their derivatives: one element in, one out.
//!
//! A backward pass reads what the forward pass has at hand anyway: sigmoid and
//! tanh their outputs, whose derivatives `y (1 - y)` and `(1 - y) (1 + y)` need no
//! exponential; ReLU and softplus their inputs. The differences are exact where
//! they cancel (Sterbenz), so derivatives keep their relative accuracy at
//! saturation.

use crate::math::{self, Math};
use crate::split::{Split, leaf};
use crate::{Element, Float, Isa, Kernel, Lanes, Level, Mask, sweep};
use core::fmt::Debug;

/// An activation: its value, and how its derivative passes a gradient on.
pub trait Activation: Copy + Debug + Default + Send + Sync {
    /// Nanoseconds per element where memory does not limit.
    const COST: f64;

    /// The output for an input.
    fn value<L: Lanes<Elem: Math>>(self, x: L) -> L;

    /// `upstream` times the derivative, at what was saved of the forward pass.
    fn backward<L: Lanes<Elem: Math>>(self, saved: L, upstream: L) -> L;

    /// Where the kernel is compiled: in this crate.
    #[doc(hidden)]
    fn run_on<E: Element>(level: Level, kernel: Activate<'_, E, Self>);
}

macro_rules! activations {
    ($($(#[$doc:meta])* $name:ident, $cost:literal, |$x:ident| $value:expr,
        |$saved:ident, $upstream:ident| $backward:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl Activation for $name {
            const COST: f64 = $cost;

            #[inline(always)]
            fn value<L: Lanes<Elem: Math>>(self, $x: L) -> L {
                $value
            }
            #[inline(always)]
            fn backward<L: Lanes<Elem: Math>>(self, $saved: L, $upstream: L) -> L {
                $backward
            }
            fn run_on<E: Element>(level: Level, kernel: Activate<'_, E, Self>) {
                E::run(level, kernel);
            }
        }
    )*};
}

activations! {
    /// `1 / (1 + e^-x)`; saves its output.
    Sigmoid, 0.5, |x| math::sigmoid(x), |y, upstream| {
        let one = y.same(Float::ONE);
        y.mul(one.sub(y)).mul(upstream)
    };
    /// Hyperbolic tangent; saves its output.
    Tanh, 0.5, |x| math::tanh(x), |y, upstream| {
        let one = y.same(Float::ONE);
        one.sub(y).mul(one.add(y)).mul(upstream)
    };
    /// `x` above 0, else +0; saves its input or its output, whichever is there.
    Relu, 0.05,
        // A NaN is not at most 0.
        |x| x.zero_where(x.le(x.same(Float::ZERO))),
        |saved, upstream| {
            let zero = saved.same(Float::ZERO);
            let kept = upstream.keep_where(saved.gt(zero));
            // NaN stays NaN, also where the derivative is 0.
            let nan = saved.is_nan().or(upstream.is_nan());
            L::select(nan, saved.add(upstream), kept)
        };
    /// `ln(1 + e^x)`; saves its input.
    Softplus, 1.0, |x| math::softplus(x), |x, upstream| math::sigmoid(x).mul(upstream);
}

/// What [`Activate`] reads and writes.
#[derive(Debug)]
pub enum Task<'a, E> {
    /// `[n]`: values in the place of the inputs.
    InPlace(&'a mut [E]),
    /// Values.
    Into {
        /// `[n]`
        x: &'a [E],
        /// `[n]`, overwritten.
        out: &'a mut [E],
    },
    /// Gradients with respect to the inputs.
    Backward {
        /// `[n]`: what the forward pass saved.
        saved: &'a [E],
        /// `[n]`
        upstream: &'a [E],
        /// `[n]`, overwritten.
        grad: &'a mut [E],
    },
}

/// Applies an activation or its derivative.
#[derive(Debug)]
pub struct Activate<'a, E, A> {
    /// The activation.
    pub formula: A,
    /// What to do.
    pub task: Task<'a, E>,
}

impl<E: Math, A: Activation> Kernel for Activate<'_, E, A> {
    type Out = ();
    const PAIRS: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let formula = self.formula;
        match self.task {
            Task::InPlace(x) => sweep::update(
                isa,
                x,
                (),
                #[inline(always)]
                |x: E::Lanes<I>, ()| formula.value(x),
            ),
            Task::Into { x, out } => sweep::update(
                isa,
                out,
                x,
                #[inline(always)]
                |_: E::Lanes<I>, x| formula.value(x),
            ),
            Task::Backward { saved, upstream, grad } => sweep::update(
                isa,
                grad,
                (saved, upstream),
                #[inline(always)]
                |_: E::Lanes<I>, (saved, upstream)| formula.backward(saved, upstream),
            ),
        }
    }
}

impl<E: Element, A: Activation> Split for Activate<'_, E, A> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        match self.task {
            Task::InPlace(_) | Task::Into { .. } => A::COST,
            Task::Backward { .. } => A::COST.min(0.1),
        }
    }
    fn len(&self) -> usize {
        match &self.task {
            Task::InPlace(x) => x.len(),
            Task::Into { x, .. } => x.len(),
            Task::Backward { saved, .. } => saved.len(),
        }
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let formula = self.formula;
        let (task, rest) = match self.task {
            Task::InPlace(x) => {
                let (x, rest) = x.split_at_mut(mid);
                (Task::InPlace(x), Task::InPlace(rest))
            }
            Task::Into { x, out } => {
                let (x, x_rest) = x.split_at(mid);
                let (out, out_rest) = out.split_at_mut(mid);
                (Task::Into { x, out }, Task::Into { x: x_rest, out: out_rest })
            }
            Task::Backward { saved, upstream, grad } => {
                let (saved, saved_rest) = saved.split_at(mid);
                let (upstream, upstream_rest) = upstream.split_at(mid);
                let (grad, grad_rest) = grad.split_at_mut(mid);
                let rest =
                    Task::Backward { saved: saved_rest, upstream: upstream_rest, grad: grad_rest };
                (Task::Backward { saved, upstream, grad }, rest)
            }
        };
        (Self { formula, task }, Self { formula, task: rest })
    }
    fn join((): (), (): ()) {}
    fn run_on(self, level: Level) {
        A::run_on(level, self);
    }
}
