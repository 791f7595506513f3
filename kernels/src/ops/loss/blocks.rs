//! Losses block by block: a formula writes the value and the derivatives of each element to
//! buffers that stay in the first cache, and what no formula passes through makes of them what is
//! wanted, with weights and factors. So a loss has one short loop for all that is asked for
//! seldom.

use super::wanted::Wanted;
use crate::isa::Scratch;
use crate::sweep::{self, Columns, PartialSum};
use crate::{Float, InOut, Isa, Kernel, Lanes, select};

/// The most elements of a block.
pub(super) const LEN: usize = 1024;

/// Elements of a block: a buffer of 4 KiB, so that all that are in use fit into the first cache.
/// They are whole groups of registers, and a whole number of them is a block of a sum.
pub(super) const fn len<E: Float>() -> usize {
    LEN * size_of::<f32>() / size_of::<E>()
}

/// What a formula reads of some elements, and where the `N` numbers of each element go.
pub(super) struct Block<'a, E, const N: usize> {
    pub(super) prediction: &'a [E],
    pub(super) target: &'a [E],
    pub(super) columns: Columns<'a, E>,
    /// The values, the derivatives and, of three, the second derivatives.
    pub(super) out: [&'a mut [E]; N],
}

/// What elements may have beside a target: a weight each, and a parameter for each column.
pub(super) type WeightsAndColumns<'a, E> = (Option<&'a [E]>, Columns<'a, E>);

/// A formula, applied to all elements of a block. Which one is decided as late as this, so that
/// all else stands once in the code.
pub(super) type Formula<'a, E, const N: usize> = &'a dyn Fn(Block<'_, E, N>);

/// Writes what is wanted, derivatives with the factor of their formula, and returns the sum of
/// the losses, if that is wanted.
#[inline(never)]
pub(super) fn evaluate<E: Float, I: Isa>(
    isa: I,
    formula: Formula<'_, E, 2>,
    factor: E,
    wanted: Wanted<'_, E>,
    targets: &[E],
    each: WeightsAndColumns<'_, E>,
) -> f64 {
    let (mut values, mut slopes) = (Scratch::<E, LEN>::new(), Scratch::<E, LEN>::new());
    let mut sum = PartialSum::new();
    let (all, parts) = (wanted.len(), (wanted, targets, each));
    sweep::blocks(parts, all, len::<E>(), 0, |(mut block, target, (weights, columns)), n| {
        let (values, slopes) = (values.first(n, E::ZERO), slopes.first(n, E::ZERO));
        if let (Wanted::Losses(both), None) = (&mut block, weights)
            && let Some((prediction, losses)) = both.both()
        {
            formula(Block { prediction, target, columns, out: [losses, slopes] });
            return;
        }
        let prediction = block.prediction();
        formula(Block { prediction, target, columns, out: [&mut *values, &mut *slopes] });
        if let Wanted::Loss(_) | Wanted::Grad(..) = block {
            isa.dispatch_apart(AddUp { terms: values, weights, sum: &mut sum });
        }
        let zero = zero_of(weights);
        match &mut block {
            Wanted::Loss(_) => {}
            Wanted::Grad(out, scale) => {
                let x = InOut::apart(slopes, out.output());
                let scale = factor * *scale;
                isa.dispatch_apart(Finish { x, weights, scale, zero, upstream: None });
            }
            Wanted::Losses(out) => {
                let x = InOut::apart(values, out.output());
                let (scale, zero) = (E::ONE, -E::ZERO);
                isa.dispatch_apart(Finish { x, weights, scale, zero, upstream: None });
            }
            Wanted::Backward(out, upstream) => {
                let x = InOut::apart(slopes, out.output());
                let upstream = Some(*upstream);
                isa.dispatch_apart(Finish { x, weights, scale: factor, zero, upstream });
            }
        }
    });
    sum.total()
}

/// What is added to derivatives times weights: 0, so that no weight leaves no -0. Without
/// weights it is -0, which leaves all as they are.
#[inline(always)]
pub(super) fn zero_of<E: Float>(weights: Option<&[E]>) -> E {
    if weights.is_some() { E::ZERO } else { -E::ZERO }
}

/// Adds terms times weights to a sum.
pub(super) struct AddUp<'a, E> {
    pub(super) terms: &'a [E],
    pub(super) weights: Option<&'a [E]>,
    pub(super) sum: &'a mut PartialSum<E>,
}

impl<E: Float> Kernel for AddUp<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.sum.include(isa, self.terms, self.weights);
    }
}

/// `x * weight * scale + zero`; with upstream factors `(x * weight + zero) * upstream * scale`.
pub(super) struct Finish<'a, E> {
    pub(super) x: InOut<'a, E>,
    pub(super) weights: Option<&'a [E]>,
    pub(super) zero: E,
    pub(super) scale: E,
    pub(super) upstream: Option<&'a [E]>,
}

impl<E: Float> Kernel for Finish<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { x, weights, zero, scale, upstream } = self;
        match (weights, upstream) {
            (None, None) => sweep::update(isa, x, (), inline!(|x, ()| x * scale)),
            (Some(weights), None) => {
                sweep::update(isa, x, weights, inline!(|x, by| x * by * scale + zero));
            }
            (None, Some(upstream)) => {
                sweep::update(isa, x, upstream, inline!(|x, by| x * by * scale));
            }
            (Some(weights), Some(upstream)) => sweep::update(
                isa,
                x,
                (weights, upstream),
                inline!(|x, (weight, by)| (x * weight + zero) * by * scale),
            ),
        }
    }
}

/// Turns derivatives `g` and `h` at `x` into the weight `w = max(h, 2^-k |g|)` and the response
/// `z = x - g / w` of a step of iteratively reweighted least squares, where `2^k` is half of the
/// way to the end of the type. So `w (z - x)` is `-g` even where `h` has vanished, and steps end
/// where the gradient does.
pub(super) struct Working<'a, E> {
    pub(super) prediction: &'a [E],
    /// Become the responses.
    pub(super) slopes: &'a mut [E],
    /// Become the weights.
    pub(super) seconds: &'a mut [E],
}

impl<E: Float> Kernel for Working<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { prediction, slopes, seconds } = self;
        let [_, less] = E::HALF_WAY_POW2;
        sweep::update(
            isa,
            [slopes, seconds],
            prediction,
            inline!(|[g, h], x| {
                let least = g.abs() * less;
                let w = select(h.ge(least), h, least);
                // Where there is neither slope nor curvature nothing moves.
                let step = (g / w).zero_where(w.eq(w.splat(E::ZERO)));
                [x - step, w]
            }),
        );
    }
}
