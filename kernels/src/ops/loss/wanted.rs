//! What is asked of a loss, with the slices for it.

use crate::InOut;
use crate::split::Cut;

/// What is asked for, with the predictions, `[n]`.
#[derive(Debug)]
pub enum Wanted<'a, E> {
    /// The sum of the losses.
    Loss(&'a [E]),
    /// That, and the derivatives times a factor, in place of the predictions or apart.
    Grad(InOut<'a, E>, E),
    /// The loss of each element.
    Losses(InOut<'a, E>),
    /// The derivatives times `[n]` factors.
    Backward(InOut<'a, E>, &'a [E]),
}

impl<E> Wanted<'_, E> {
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        match self {
            Wanted::Loss(prediction) => prediction.len(),
            Wanted::Grad(prediction, _)
            | Wanted::Losses(prediction)
            | Wanted::Backward(prediction, _) => prediction.len(),
        }
    }

    #[inline(always)]
    pub(super) fn prediction(&self) -> &[E] {
        match self {
            Wanted::Loss(prediction) => prediction,
            Wanted::Grad(prediction, _)
            | Wanted::Losses(prediction)
            | Wanted::Backward(prediction, _) => prediction.input(),
        }
    }
}

impl<E: Copy> Cut for Wanted<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        match self {
            Wanted::Loss(prediction) => {
                let (left, right) = prediction.cut(mid);
                (Wanted::Loss(left), Wanted::Loss(right))
            }
            Wanted::Grad(prediction, scale) => {
                let (left, right) = prediction.cut(mid);
                (Wanted::Grad(left, scale), Wanted::Grad(right, scale))
            }
            Wanted::Losses(prediction) => {
                let (left, right) = prediction.cut(mid);
                (Wanted::Losses(left), Wanted::Losses(right))
            }
            Wanted::Backward(prediction, upstream) => {
                let (left, right) = prediction.cut(mid);
                let (upstream, rest) = upstream.cut(mid);
                (Wanted::Backward(left, upstream), Wanted::Backward(right, rest))
            }
        }
    }
}
