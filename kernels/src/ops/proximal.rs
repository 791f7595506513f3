//! What every proximal operator of single elements has in common: where its
//! input stands, and whether the zeros that it leaves are counted.

use crate::split::{Split, leaf};
use crate::{Float, Isa, Kernel, Lanes, Level, Mask, sweep};

/// A proximal operator of single elements: the one thing to write for an operator
/// of your own.
///
/// ```
/// use gradstep_kernels::{Float, Isa, Lanes, ops::Proximal};
///
/// /// Of `u^2 / 2`.
/// #[derive(Clone, Copy)]
/// struct Halve;
///
/// impl<E: Float> Proximal<E> for Halve {
///     #[inline(always)]
///     fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
///         x.mul(x.same(E::HALF))
///     }
///     #[inline(always)]
///     fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
///         upstream.mul(x.same(E::HALF))
///     }
/// }
/// ```
pub trait Proximal<E: Float>: Copy + Send + Sync {
    /// Nanoseconds per element where memory does not limit, for the choice of
    /// threads: the default fits a few comparisons.
    const COST: f64 = 0.05;

    /// `argmin_u (u - x)^2 / 2 + penalty(u)`.
    ///
    /// Annotate with `#[inline(always)]`.
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I>;

    /// Whether [`prox_finite`](Self::prox_finite) may stand for `prox`: asked once for
    /// a whole slice.
    fn is_finite(self) -> bool {
        false
    }

    /// `prox` where parameters at infinity need no care.
    ///
    /// Annotate with `#[inline(always)]`.
    #[inline(always)]
    fn prox_finite<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        self.prox::<I>(x)
    }

    /// The derivative of [`prox`](Self::prox) at `x`, times `upstream`.
    ///
    /// Annotate with `#[inline(always)]`.
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I>;

    /// Where the kernel is compiled: here for an operator of your own.
    #[doc(hidden)]
    fn apply(level: Level, kernel: Prox<'_, E, Self>) -> usize {
        level.run(kernel)
    }
}

/// The kernel of a built-in operator is compiled in this crate.
macro_rules! compiled_once {
    () => {
        fn apply(level: $crate::Level, kernel: $crate::ops::Prox<'_, E, Self>) -> usize {
            E::run(level, kernel)
        }
    };
}
pub(super) use compiled_once;

/// `upstream` where `moves`, else 0; NaN where `x` or `upstream` is NaN.
#[inline(always)]
pub(super) fn pass_on<L: Lanes>(moves: L::Mask, x: L, upstream: L) -> L {
    let passed = upstream.keep_where(moves);
    // An unordered pair: its sum is NaN, whatever the mask says.
    L::select(x.is_nan().or(upstream.is_nan()), x.add(upstream), passed)
}

/// What a proximal operator reads, beside its parameters.
#[derive(Debug)]
pub enum ProxInput<'a, E> {
    /// The output's old contents.
    InPlace,
    /// `[n]`: another slice.
    From(&'a [E]),
    /// The operator's derivative is asked for.
    Backward {
        /// `[n]`: where the operator was applied.
        x: &'a [E],
        /// `[n]`
        upstream: &'a [E],
    },
}

/// Writes what `input` asks for; returns how many elements are zero then, or 0 if
/// nobody asked.
#[derive(Debug)]
pub struct Prox<'a, E, P> {
    /// The operator.
    pub formula: P,
    /// What to read.
    pub input: ProxInput<'a, E>,
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float, P: Proximal<E>> Kernel for Prox<'_, E, P> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { formula, input, out, count } = self;
        let x = match input {
            ProxInput::InPlace => None,
            ProxInput::From(x) => Some(x),
            ProxInput::Backward { x, upstream } => {
                sweep::update(
                    isa,
                    out,
                    (x, upstream),
                    #[inline(always)]
                    |_: E::Lanes<I>, (x, upstream)| formula.backward::<I>(x, upstream),
                );
                return 0;
            }
        };
        // Two loops rather than a branch in one: the compiler does not take it out.
        if formula.is_finite() {
            write::<E, I, ()>(
                isa,
                x,
                out,
                (),
                count,
                #[inline(always)]
                |x, ()| formula.prox_finite::<I>(x),
            )
        } else {
            write::<E, I, ()>(
                isa,
                x,
                out,
                (),
                count,
                #[inline(always)]
                |x, ()| formula.prox::<I>(x),
            )
        }
    }
}

/// Writes `prox` of `x`, or of what is there; returns the number of zeros if asked.
/// Elements have parameters of their own in `each`.
#[inline(always)]
pub(super) fn write<E: Float, I: Isa, R: sweep::Stream<E::Lanes<I>>>(
    isa: I,
    x: Option<&[E]>,
    out: &mut [E],
    each: R,
    count: bool,
    prox: impl Fn(E::Lanes<I>, R::Regs) -> E::Lanes<I>,
) -> usize {
    match (x, count) {
        (None, true) => number(sweep::update_sum(
            isa,
            out,
            each,
            #[inline(always)]
            |x: E::Lanes<I>, each| with_zeros(prox(x, each)),
        )),
        (Some(x), true) => number(sweep::update_sum(
            isa,
            out,
            (x, each),
            #[inline(always)]
            |_: E::Lanes<I>, (x, each)| with_zeros(prox(x, each)),
        )),
        (None, false) => {
            sweep::update(
                isa,
                out,
                each,
                #[inline(always)]
                |x: E::Lanes<I>, each| prox(x, each),
            );
            0
        }
        (Some(x), false) => {
            sweep::update(
                isa,
                out,
                (x, each),
                #[inline(always)]
                |_: E::Lanes<I>, (x, each)| prox(x, each),
            );
            0
        }
    }
}

/// A register, and 1 in the lanes where it is 0. Sums of those are exact.
#[inline(always)]
pub(super) fn with_zeros<L: Lanes>(y: L) -> (L, L) {
    let zero = y.same(Float::ZERO);
    (y, y.same(Float::ONE).keep_where(y.eq(zero)))
}

/// A count that was added up in `f64`, exact below 2^53.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn number(count: f64) -> usize {
    count as usize
}

impl<E> ProxInput<'_, E> {
    pub(super) fn split_at(self, mid: usize) -> (Self, Self) {
        match self {
            ProxInput::InPlace => (ProxInput::InPlace, ProxInput::InPlace),
            ProxInput::From(x) => {
                let (x, rest) = x.split_at(mid);
                (ProxInput::From(x), ProxInput::From(rest))
            }
            ProxInput::Backward { x, upstream } => {
                let (x, x_rest) = x.split_at(mid);
                let (upstream, upstream_rest) = upstream.split_at(mid);
                (
                    ProxInput::Backward { x, upstream },
                    ProxInput::Backward { x: x_rest, upstream: upstream_rest },
                )
            }
        }
    }
}

impl<E: Float, P: Proximal<E>> Split for Prox<'_, E, P> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        P::COST
    }
    fn len(&self) -> usize {
        self.out.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { formula, input, out, count } = self;
        let (input, input_rest) = input.split_at(mid);
        let (out, out_rest) = out.split_at_mut(mid);
        (
            Self { formula, input, out, count },
            Self { formula, input: input_rest, out: out_rest, count },
        )
    }
    fn join(left: usize, right: usize) -> usize {
        left + right
    }
    fn run_on(self, level: Level) -> usize {
        P::apply(level, self)
    }
}
